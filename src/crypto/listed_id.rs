//! Names of what people see in lists of their own: 128 random bits, written as hexadecimal digits. They tell nothing and
//! let nobody in.

macro_rules! listed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(with = "crate::crypto::bytes")] [u8; 16]);

        impl $name {
            /// A new one: 128 random bits.
            ///
            /// # Errors
            /// [`RandomError`](crate::crypto::RandomError)
            pub fn draw(
                entropy: &mut dyn crate::crypto::Entropy,
            ) -> Result<Self, crate::crypto::RandomError> {
                Ok(Self(crate::crypto::random::bytes(entropy)?))
            }

            /// The one that is written so; `None` if none is.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?;
                bytes.try_into().ok().map(Self)
            }
        }

        impl $name {
            /// As it is written.
            #[must_use]
            pub fn text(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.text())
            }
        }
    };
}

pub(crate) use listed_id;
