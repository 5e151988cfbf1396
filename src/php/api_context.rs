//! `TwoFactor\ApiContext`: what the host says of a request, and what it does.

use std::ffi::c_int;
use std::fmt;
use std::ptr;
use std::time::Duration;

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendObject, Zval};
use zeroize::Zeroizing;

use super::argument::{Arg, Bytes, Optional};
use super::callback::Callback;
use super::client::Client;
use super::failure::Failure;
use super::object::{Dump, Fields, SEALED, constructed_once, seal};
use super::signature::Signature;
use super::user::{User, user_id};
use crate::types::UserId;
use crate::verifier;

/// What the host does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Authenticate,
    CheckPassword,
    SignIn,
    GoOn,
    Mail,
    FindUser,
    AcceptsPassword,
    SetPassword,
    NumberProven,
    LoadUser,
}

const ACTS: usize = 10;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\ApiContext", flags = SEALED)]
pub struct ApiContext {
    pub(super) client: verifier::Client,
    age: Duration,
    made: std::time::Instant,
    pub(super) content_type: Option<String>,
    pub(super) user: Option<verifier::User>,
    pub(super) credential: Option<Zeroizing<Vec<u8>>>,
    pub(super) subject: Option<UserId>,
    /// In the order of [`Act`]; null where there is none. Beside each other, for the cycle collector.
    callbacks: [Zval; ACTS],
}

impl fmt::Debug for ApiContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiContext")
    }
}

impl ApiContext {
    /// What does that; `None` where nothing does.
    pub(super) fn callback(&self, act: Act) -> Option<&Zval> {
        let callback = self.callbacks.get(act as usize)?;
        (!callback.is_null()).then_some(callback)
    }

    /// How long ago the request began.
    pub(super) fn age(&self) -> Duration {
        self.age.saturating_add(self.made.elapsed())
    }
}

#[php_impl]
impl ApiContext {
    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn __construct(
        client: Arg<&Client>,
        contentType: Arg<Option<Bytes<'_>>>,
        user: Arg<Option<&User>>,
        credential: Arg<Option<Bytes<'_>>>,
        authenticate: Arg<Option<Callback>>,
        checkPassword: Arg<Option<Callback>>,
        signIn: Arg<Option<Callback>>,
        goOn: Arg<Option<Callback>>,
        mail: Arg<Option<Callback>>,
        findUser: Arg<Option<Callback>>,
        acceptsPassword: Arg<Option<Callback>>,
        setPassword: Arg<Option<Callback>>,
        numberProven: Arg<Option<Callback>>,
        subject: Optional<&str>,
        loadUser: Arg<Option<Callback>>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let kept = |callback: Arg<Option<Callback>>| {
            let mut none = Zval::new();
            none.set_null();
            callback.0.map_or(none, |callback| callback.0)
        };
        let subject = match subject.or("") {
            "" => None,
            subject => Some(user_id("subject", subject)?),
        };
        Ok(Self {
            client: client.0.0.clone(),
            age: client.age(),
            made: crate::clock::instant(),
            content_type: contentType
                .0
                .map(|text| String::from_utf8_lossy(text.0).into_owned()),
            user: user.0.map(|user| user.0.clone()),
            credential: credential.0.map(|it| Zeroizing::new(it.0.to_vec())),
            subject,
            callbacks: [
                kept(authenticate),
                kept(checkPassword),
                kept(signIn),
                kept(goOn),
                kept(mail),
                kept(findUser),
                kept(acceptsPassword),
                kept(setPassword),
                kept(numberProven),
                kept(loadUser),
            ],
        })
    }
}

impl Dump for ApiContext {
    fn dump(&self) -> Fields {
        let user = self.user.as_ref().map(|user| user.id.as_str());
        Fields::new().with("user", user)
    }
}

/// Tells the cycle collector of the callables: a closure may hold whatever holds the context.
unsafe extern "C" fn get_gc(
    object: *mut ZendObject,
    table: *mut *mut Zval,
    count: *mut c_int,
) -> *mut ZendHashTable {
    // SAFETY: the engine passes a live object, exclusively, and two places to write to.
    unsafe {
        *table = ptr::null_mut();
        *count = 0;
        let this = object
            .as_mut()
            .and_then(ZendClassObject::<ApiContext>::from_zend_obj_mut);
        if let Some(this) = this {
            *table = this.callbacks.as_mut_ptr();
            *count = c_int::try_from(ACTS).unwrap_or(0);
        }
    }
    ptr::null_mut()
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    use ext_php_rs::class::RegisteredClass as _;
    // SAFETY: as the caller promises; the handlers as in `seal`.
    unsafe {
        seal::<ApiContext>();
        let handlers = ptr::from_ref(ApiContext::get_metadata().handlers()).cast_mut();
        (*handlers).get_gc = Some(get_gc);
        Signature::of::<ApiContext>("__construct")
            .sensitive("credential")
            .default("subject", c"''");
    }
}
