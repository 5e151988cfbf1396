//! Methods: how the engine is told of them, and how it calls them.
//!
//! `#[methods]` (the crate in `macros/`) says of each what it is called, what it takes and what it returns. All of that
//! is constant: the engine's tables are written from constants, in memory that one class leaves to the next, because
//! whatever is done here is done at every start of PHP.

use std::ffi::{CStr, CString, c_char};
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::ptr;

use ext_php_rs::args::{ArgInfo, ArgInfoTables};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::{FromZvalMut, IntoZval};
use ext_php_rs::error::{Error, Result};
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::{
    _ZEND_TYPE_ITERABLE_BIT, _ZEND_TYPE_NULLABLE_BIT, IS_ARRAY, IS_CALLABLE, IS_DOUBLE, IS_LONG,
    IS_STRING, IS_VOID, MAY_BE_ANY, MAY_BE_BOOL, zend_type, zend_wrong_parameters_count_error,
};
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ExecuteData, ExecutorGlobals, FunctionEntry, ZendType, ce, run_handler};

/// A class whose methods are listed. `#[methods]` implements it.
#[diagnostic::on_unimplemented(message = "`{Self}` needs `#[methods]`, not `#[php_impl]`")]
pub(super) trait Methods: RegisteredClass {
    /// Of its constructor, as [`Handler`] has them of a method.
    const REQUIRED: usize;
    const MOST: usize;

    /// All of them, the constructor last.
    fn list(list: &mut MethodList);

    /// The contents of a new object; `None` when an argument was refused, which has thrown.
    ///
    /// # Errors
    /// Whatever the constructor returns.
    fn construct(arguments: Arguments<'_>) -> Option<std::result::Result<Self, PhpException>>;
}

/// What a method does when it is called. `#[methods]` implements it.
pub(super) trait Handler {
    /// How many arguments have to be given.
    const REQUIRED: usize;
    /// How many may be given.
    const MOST: usize;

    /// `None` when it has thrown before anything was answered.
    fn handle(arguments: Arguments<'_>, answer: &mut Zval) -> Option<()>;
}

/// What a method was called with. Each argument is read once, in their order.
pub(super) struct Arguments<'a> {
    frame: &'a ExecuteData,
    given: usize,
    read: usize,
}

impl<'a> Arguments<'a> {
    /// `None` when there are too few or too many; that has thrown.
    pub(super) fn of(frame: &'a ExecuteData, required: usize, most: usize) -> Option<Self> {
        // SAFETY: every member of `u2` is a u32; in a frame's `This` it is the number of arguments.
        let given = unsafe { frame.This.u2.num_args } as usize;
        if !(required..=most).contains(&given) {
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            // SAFETY: throws, of the running method.
            unsafe { zend_wrong_parameters_count_error(count(required), count(most)) };
            return None;
        }
        Some(Self {
            frame,
            given,
            read: 0,
        })
    }

    /// The next one, or what the type says of one that is not given; `None` when it is refused, which has thrown.
    pub(super) fn next<T: FromZvalMut<'a>>(&mut self, name: &str) -> Option<T> {
        let index = self.read;
        self.read = index.saturating_add(1);
        let value = if index < self.given {
            // SAFETY: the frame has so many arguments, and gives each away once.
            let slot = unsafe { self.frame.zend_call_arg(index) }?;
            T::from_zval_mut(slot.dereference_mut())
        } else {
            T::from_missing()
        };
        if value.is_none() {
            refused(name);
        }
        value
    }

    /// The object whose method it is.
    pub(super) fn this<T: RegisteredClass>(&self) -> Option<&'a T> {
        let object = self.frame.This.object();
        let Some(object) = object.and_then(ZendClassObject::<T>::from_zend_obj) else {
            let why = "Failed to retrieve reference to `$this`".to_owned();
            PhpException::from_message(why).throw();
            return None;
        };
        Some(object)
    }
}

/// Throws, if what refused an argument has not.
#[cold]
fn refused(name: &str) {
    if !ExecutorGlobals::has_exception() {
        let why = format!("Invalid value given for argument `{name}`.");
        PhpException::new(why, 0, ce::type_error()).throw();
    }
}

/// Hands over what a method returned.
pub(super) fn answer(place: &mut Zval, returned: impl IntoZval) -> Option<()> {
    if let Err(error) = returned.set_zval(place, false) {
        PhpException::from(error).throw();
    }
    Some(())
}

/// A method as the engine calls it.
type Entry = unsafe extern "C" fn(*mut ExecuteData, *mut Zval);

unsafe extern "C" fn entry<H: Handler>(frame: *mut ExecuteData, answer: *mut Zval) {
    // SAFETY: the engine passes the running call and the place of its answer.
    unsafe { run(frame, answer, H::REQUIRED, H::MOST, H::handle) };
}

/// # Safety
/// The frame of a running call, and a place for its answer that nothing else refers to.
#[inline(never)] // once for all methods
unsafe fn run(
    frame: *mut ExecuteData,
    answer: *mut Zval,
    required: usize,
    most: usize,
    handle: fn(Arguments<'_>, &mut Zval) -> Option<()>,
) {
    run_handler(AssertUnwindSafe(|| {
        // SAFETY: as the caller promises. The frame lives longer than what is read from it.
        let (frame, answer) = unsafe { (frame.as_ref(), answer.as_mut()) };
        let (Some(frame), Some(answer)) = (frame, answer) else {
            return;
        };
        if let Some(arguments) = Arguments::of(frame, required, most) {
            let _ = handle(arguments, answer);
        }
    }));
}

unsafe extern "C" fn constructor<T: Methods>(frame: *mut ExecuteData, _: *mut Zval) {
    run_handler(AssertUnwindSafe(|| {
        // SAFETY: the engine passes the running call.
        let Some(frame) = (unsafe { frame.as_ref() }) else {
            return;
        };
        match Arguments::of(frame, T::REQUIRED, T::MOST).and_then(T::construct) {
            Some(Ok(contents)) => fill(frame, contents),
            Some(Err(exception)) => exception.throw(),
            None => {}
        }
    }));
}

/// Gives a new object its contents.
fn fill<T: Methods>(frame: &ExecuteData, contents: T) {
    let class = T::get_metadata();
    let object = (frame.This.object()).filter(|object| object.instance_of(class.ce()));
    let offset = usize::try_from(class.handlers().offset);
    let (Some(_), Ok(offset), true) = (object, offset, frame.This.is_object()) else {
        let why = "This object is of another class".to_owned();
        PhpException::from_message(why).throw();
        return;
    };
    // SAFETY: it is a T, so `register` has made it, with handlers that say how far into a `ZendClassObject<T>` the
    // engine's object begins. No reference to it is held, and its class lets nobody construct it twice.
    unsafe {
        let whole = frame.This.value.obj.byte_sub(offset);
        (*whole.cast::<ZendClassObject<T>>()).initialize(contents);
    }
}

/// Longer than any name of a class in a signature, or several with bars between.
const LONGEST_NAME: usize = 96;

/// The name of a class as a C string.
const fn terminated(ty: DataType) -> [u8; LONGEST_NAME] {
    let mut text = [0; LONGEST_NAME];
    if let Some(name) = ty.class_name() {
        let name = name.as_bytes();
        assert!(name.len() < LONGEST_NAME);
        let (start, _) = text.split_at_mut(name.len());
        start.copy_from_slice(name);
    }
    text
}

/// A type as the engine has it, but for its mark of a class, which another PHP has elsewhere.
#[derive(Clone, Copy)]
struct Type {
    class: *const [u8; LONGEST_NAME],
    mask: u32,
}

impl Type {
    /// Of a method that does not say what it returns.
    const NONE: Self = Self {
        class: ptr::null(),
        mask: 0,
    };

    const fn new(ty: DataType, nullable: bool, class: &'static [u8; LONGEST_NAME]) -> Self {
        let mask = match ty {
            DataType::Long => 1 << IS_LONG,
            DataType::Double => 1 << IS_DOUBLE,
            DataType::String => 1 << IS_STRING,
            DataType::Array => 1 << IS_ARRAY,
            DataType::Callable => 1 << IS_CALLABLE,
            DataType::Void => 1 << IS_VOID,
            DataType::Bool => MAY_BE_BOOL,
            DataType::Iterable => _ZEND_TYPE_ITERABLE_BIT,
            DataType::Mixed => MAY_BE_ANY,
            // Also what none of our methods has.
            _ => 0,
        };
        let of_class = ty.class_name().is_some();
        assert!(of_class || mask != 0);
        Self {
            class: if of_class { class } else { ptr::null() },
            mask: mask | if nullable { _ZEND_TYPE_NULLABLE_BIT } else { 0 },
        }
    }

    const fn is_nullable(self) -> bool {
        self.mask & _ZEND_TYPE_NULLABLE_BIT != 0
    }
}

/// A type of a parameter.
struct Taken<'a, T>(PhantomData<(&'a (), T)>);

impl<'a, T: FromZvalMut<'a>> Taken<'a, T> {
    const CLASS: &'static [u8; LONGEST_NAME] = &terminated(T::TYPE);
    const TYPE: Type = {
        assert!(!T::BY_REF);
        Type::new(T::TYPE, T::NULLABLE, Self::CLASS)
    };
}

/// A type that is returned.
struct Returned<T>(PhantomData<T>);

impl<T: IntoZval> Returned<T> {
    const CLASS: &'static [u8; LONGEST_NAME] = &terminated(T::TYPE);
    const TYPE: Type = {
        let is_nullable = T::NULLABLE && !matches!(T::TYPE, DataType::Void | DataType::Mixed);
        Type::new(T::TYPE, is_nullable, Self::CLASS)
    };
}

/// The table of a constructor without parameters.
struct NoParameters(ArgInfo);

// SAFETY: it points to nothing, and nobody changes it.
unsafe impl Sync for NoParameters {}

static NO_PARAMETERS: NoParameters = NoParameters(ArgInfo {
    name: ptr::null(),
    type_: zend_type {
        ptr: ptr::null_mut(),
        type_mask: 0,
    },
    default_value: ptr::null(),
});

/// The methods of one class, as the engine reads them.
pub(super) struct MethodList {
    entries: Vec<FunctionEntry>,
    /// Of each method what it returns and how many arguments it needs, and behind that its parameters.
    tables: Vec<ArgInfo>,
    /// How many parameters of the last method are still needed.
    needed: usize,
    /// What the engine's own mark of a type is that is a class.
    class: u32,
}

impl MethodList {
    /// # Errors
    /// Never, as ext-php-rs is.
    pub(super) fn new() -> Result<Self> {
        let class = DataType::object("stdClass");
        let class = ZendType::empty_from_type(class, false, false, false);
        let class = class.ok_or(Error::InvalidPointer)?;
        // SAFETY: `empty_from_type` has just made it of a CString, and nobody else has it.
        drop(unsafe { CString::from_raw(class.ptr.cast::<c_char>()) });
        Ok(Self {
            // As many as our largest class needs, or nearly.
            entries: Vec::with_capacity(128),
            tables: Vec::with_capacity(512),
            needed: 0,
            class: class.type_mask,
        })
    }

    /// Begins the list of a class.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.tables.clear();
    }

    fn engines(&self, ty: Type) -> zend_type {
        let class = if ty.class.is_null() { 0 } else { self.class };
        zend_type {
            ptr: ty.class.cast_mut().cast(),
            type_mask: ty.mask | class,
        }
    }

    fn begin(
        &mut self,
        name: &'static CStr,
        called: Entry,
        flags: MethodFlags,
        required: usize,
        returned: Type,
    ) {
        let returned = self.engines(returned);
        let mut entry = FunctionEntry::end();
        entry.fname = name.as_ptr();
        entry.handler = Some(called);
        entry.flags |= flags.bits();
        self.entries.push(entry);
        self.tables.push(ArgInfo {
            // So the engine has it: a number where parameters have a name.
            name: ptr::without_provenance(required),
            type_: returned,
            default_value: ptr::null(),
        });
        self.needed = required;
    }

    /// A method that returns `R`. Its parameters follow.
    pub(super) fn method<H: Handler, R: IntoZval>(
        &mut self,
        name: &'static CStr,
        flags: MethodFlags,
    ) {
        self.begin(name, entry::<H>, flags, H::REQUIRED, Returned::<R>::TYPE);
    }

    /// The constructor of `T`. Its parameters follow.
    pub(super) fn constructor<T: Methods>(&mut self, flags: MethodFlags) {
        let name = c"__construct";
        self.begin(name, constructor::<T>, flags, T::REQUIRED, Type::NONE);
    }

    /// The next parameter of the last method.
    pub(super) fn parameter<'a, T: FromZvalMut<'a>>(&mut self, name: &'static CStr) {
        self.add(name, Taken::<T>::TYPE);
    }

    fn add(&mut self, name: &'static CStr, ty: Type) {
        let type_ = self.engines(ty);
        let is_needed = self.needed > 0;
        self.needed = self.needed.saturating_sub(1);
        self.tables.push(ArgInfo {
            name: name.as_ptr(),
            type_,
            default_value: if is_needed || !ty.is_nullable() {
                ptr::null()
            } else {
                c"null".as_ptr()
            },
        });
        if let Some(entry) = self.entries.last_mut() {
            entry.num_args = entry.num_args.saturating_add(1);
        }
    }

    /// The whole list, until the next is begun, and the tables of it that the engine keeps pointers to.
    pub(super) fn finish(&mut self) -> (&[FunctionEntry], ArgInfoTables) {
        let mut pointed_to = Vec::new();
        let mut rest = self.tables.as_slice();
        for entry in &mut self.entries {
            let length = (entry.num_args as usize).saturating_add(1);
            let (table, others) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = others;
            entry.arg_info = table.as_ptr();
            // Of a method that says what it returns the engine makes a table of its own, in which names of classes are
            // strings.
            let is_copied = (table.first()).is_some_and(|head| head.type_.type_mask != 0);
            if length == 1 && !is_copied {
                entry.arg_info = &raw const NO_PARAMETERS.0;
            } else if !is_copied {
                let kept: Box<[ArgInfo]> = table.into();
                entry.arg_info = kept.as_ptr();
                pointed_to.push(kept);
            }
        }
        self.entries.push(FunctionEntry::end());
        (&self.entries, pointed_to.into_boxed_slice())
    }
}
