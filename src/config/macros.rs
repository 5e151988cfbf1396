//! The macro behind `table.rs`. Of one line a setting,
//!
//! ```text
//! /// What it does, as the README says it.
//! field as "setting" = default, kind(…), secret;
//! ```
//!
//! it makes the struct's field, what reads and checks it, its default, and its entry in the list of settings. `as`
//! is left out where field and setting have one name, `secret` where the value may be shown. The kinds:
//!
//! | kind | value | text |
//! |---|---|---|
//! | `number(least, most, unit)` | `u32` | a whole number in that range |
//! | `small(least, most, unit)` | `u8` | the same |
//! | `switch()` | `bool` | 0 or 1 |
//! | `words(Type, "a" = value, "b" = value, …)` | `Type`, which is `Copy` | one of these words, two or three; the first is the default |
//! | `path()` | `Option<PathBuf>` | an absolute path, or nothing |
//! | `copy(Type, reader, values)` | `Type`, which is `Copy` | whatever the reader in `values.rs` takes |
//! | `own(Type, reader, values)` | `Type` | the same |
//! | `some(Type, reader, values)` | `Option<Type>` | the same |
//! | `string(reader, values)`, `some_string(reader, values)` | `String`, `Option<String>` | the same |
//! | `check(reader, values)` | nothing | the same, for a setting that another one is read with |
//!
//! The list is one text, and numbers that say where its fields end, not an array of texts: the loader writes every address
//! in an array at every start of PHP.

macro_rules! settings {
    (
        $(#[$config_meta:meta])*
        struct $Config:ident {$(
            $(#[doc = $about:literal])+
            $field:ident $(as $name:literal)? = $default:literal, $kind:ident ($($args:tt)*) $(, $secret:ident)?;
        )*}
        $(
            $(#[$group_meta:meta])*
            struct $Group:ident in $place:ident {$(
                $(#[doc = $limit_about:literal])+
                $limit:ident $(as $limit_name:literal)? = $limit_default:literal, $limit_kind:ident ($($limit_args:tt)*);
            )*}
        )*
    ) => {
        const TEXT: &str = concat!(
            $(settings!(@entry ($field $($name)?) $default $kind ($($args)*) ($($secret)?) $($about)+),)*
            $($(settings!(@entry ($limit $($limit_name)?) $limit_default $limit_kind ($($limit_args)*) () $($limit_about)+),)*)*
        );

        $(#[$config_meta])*
        pub struct $Config {
            $($field: settings!(@type $kind ($($args)*)),)*
            $($place: $Group,)*
        }

        impl $Config {
            fn read(values: &Values<'_>) -> Result<Self, ConfigError> {
                Ok(Self {
                    $($field: settings!(@read values (settings!(@name $field $($name)?)) $kind ($($args)*)),)*
                    $($place: $Group {$(
                        $limit: settings!(@read values (settings!(@name $limit $($limit_name)?)) $limit_kind ($($limit_args)*)),
                    )*},)*
                })
            }

            $(settings!(@get ($(#[doc = $about])+) $field $kind ($($args)*));)*

            $(
                #[doc = concat!("See [`", stringify!($Group), "`].")]
                #[must_use]
                pub const fn $place(&self) -> &$Group {
                    &self.$place
                }
            )*
        }

        $(
            $(#[$group_meta])*
            pub struct $Group {$(
                $(#[doc = $limit_about])+
                pub $limit: settings!(@type $limit_kind ($($limit_args)*)),
            )*}

            impl Default for $Group {
                fn default() -> Self {
                    Self {$(
                        $limit: settings!(@default $limit_default $limit_kind ($($limit_args)*)),
                    )*}
                }
            }
        )*
    };

    // A setting in the list. Between the fields is US, behind the last one RS; what php.ini is told ends with NUL.
    (@entry ($($name:tt)+) $default:literal $kind:ident ($($args:tt)*) ($($secret:ident)?) $($about:literal)+) => {
        concat!(
            "twofactor.", settings!(@name $($name)+), "\0\u{1f}",
            $default, "\0\u{1f}",
            settings!(@values $kind ($($args)*)), "\u{1f}",
            $(stringify!($secret),)? "\u{1f}",
            $($about,)+ "\u{1e}"
        )
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };

    // What it may be.
    (@values number ($least:literal, $most:literal, $unit:literal)) => { concat!($least, " to ", $most, " ", $unit) };
    (@values small ($least:literal, $most:literal, $unit:literal)) => { concat!($least, " to ", $most, " ", $unit) };
    (@values switch ()) => { "0 or 1" };
    (@values words ($Type:ty, $one:literal = $a:expr, $two:literal = $b:expr)) => { concat!($one, " or ", $two) };
    (@values words ($Type:ty, $one:literal = $a:expr, $two:literal = $b:expr, $three:literal = $c:expr)) => {
        concat!($one, ", ", $two, " or ", $three)
    };
    (@values path ()) => { "absolute path" };
    (@values check ($reader:ident, $values:literal)) => { $values };
    (@values string ($reader:ident, $values:literal)) => { $values };
    (@values some_string ($reader:ident, $values:literal)) => { $values };
    (@values $kind:ident ($Type:ty, $reader:ident, $values:literal)) => { $values };

    // What is kept of it.
    (@type number $args:tt) => { u32 };
    (@type small $args:tt) => { u8 };
    (@type switch $args:tt) => { bool };
    (@type words ($Type:ty, $($words:tt)*)) => { $Type };
    (@type path $args:tt) => { Option<PathBuf> };
    (@type check $args:tt) => { Checked };
    (@type string $args:tt) => { String };
    (@type some_string $args:tt) => { Option<String> };
    (@type some ($Type:ty, $reader:ident, $values:literal)) => { Option<$Type> };
    (@type $kind:ident ($Type:ty, $reader:ident, $values:literal)) => { $Type };

    // What reads it.
    (@read $texts:ident ($name:expr) number ($least:literal, $most:literal, $unit:literal)) => {
        values::number($texts, $name, $least, $most)?
    };
    (@read $texts:ident ($name:expr) small ($least:literal, $most:literal, $unit:literal)) => {
        values::number($texts, $name, $least, $most)?
    };
    (@read $texts:ident ($name:expr) switch ()) => { values::switch($texts, $name)? };
    (@read $texts:ident ($name:expr) words ($Type:ty, $($word:literal = $value:expr),+)) => {
        values::word(
            $texts,
            $name,
            &[$(($word, $value)),+],
            concat!("must be ", settings!(@values words ($Type, $($word = $value),+))),
        )?
    };
    (@read $texts:ident ($name:expr) path ()) => { values::path($texts, $name)? };
    (@read $texts:ident ($name:expr) $kind:ident ($reader:ident, $values:literal)) => { values::$reader($texts, $name)? };
    (@read $texts:ident ($name:expr) $kind:ident ($Type:ty, $reader:ident, $values:literal)) => {
        values::$reader($texts, $name)?
    };

    // The default of a limit.
    (@default $default:literal words ($Type:ty, $first:literal = $value:expr, $($rest:tt)*)) => { $value };
    (@default $default:literal $kind:ident $args:tt) => { $default };

    // Who asks for it.
    (@get $doc:tt $field:ident number $args:tt) => { settings!(@getter $doc $field u32, copy); };
    (@get $doc:tt $field:ident small $args:tt) => { settings!(@getter $doc $field u8, copy); };
    (@get $doc:tt $field:ident switch $args:tt) => { settings!(@getter $doc $field bool, copy); };
    (@get $doc:tt $field:ident words ($Type:ty, $($words:tt)*)) => { settings!(@getter $doc $field $Type, copy); };
    (@get $doc:tt $field:ident copy ($Type:ty, $reader:ident, $values:literal)) => { settings!(@getter $doc $field $Type, copy); };
    (@get $doc:tt $field:ident path $args:tt) => { settings!(@getter $doc $field Option<&Path>, as_deref); };
    (@get $doc:tt $field:ident string $args:tt) => { settings!(@getter $doc $field &str, as_str); };
    (@get $doc:tt $field:ident some_string $args:tt) => { settings!(@getter $doc $field Option<&str>, as_deref); };
    (@get $doc:tt $field:ident some ($Type:ty, $reader:ident, $values:literal)) => { settings!(@getter $doc $field Option<&$Type>, as_ref); };
    (@get $doc:tt $field:ident own ($Type:ty, $reader:ident, $values:literal)) => { settings!(@getter $doc $field &$Type, reference); };
    (@get $doc:tt $field:ident check $args:tt) => {};
    (@getter ($(#[doc = $about:literal])+) $field:ident $Type:ty, copy) => {
        $(#[doc = $about])+
        #[must_use]
        pub const fn $field(&self) -> $Type { self.$field }
    };
    (@getter ($(#[doc = $about:literal])+) $field:ident $Type:ty, reference) => {
        $(#[doc = $about])+
        #[must_use]
        pub const fn $field(&self) -> $Type { &self.$field }
    };
    (@getter ($(#[doc = $about:literal])+) $field:ident $Type:ty, $view:ident) => {
        $(#[doc = $about])+
        #[must_use]
        pub fn $field(&self) -> $Type { self.$field.$view() }
    };
}
