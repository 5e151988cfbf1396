//! Names of attempts, proofs, set-ups and requirements: 128 random bits each. They leave the process only sealed.

use crate::crypto::{Entropy, RandomError, random};

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new one: 128 random bits.
            ///
            /// # Errors
            /// [`RandomError`]
            pub fn draw(entropy: &mut dyn Entropy) -> Result<Self, RandomError> {
                Ok(Self(random::bytes(entropy)?))
            }

            /// From the bytes a sealed token held.
            #[must_use]
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, to be sealed.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }
    };
}

random_id! {
    /// Names one attempt. It leaves the process only sealed.
    ChallengeId
}
random_id! {
    /// Names one fresh proof. It leaves the process only sealed.
    GrantId
}
random_id! {
    /// Names one set-up. It leaves the process only sealed.
    SetupId
}
random_id! {
    /// Names what was required of everybody once. It leaves the process only sealed.
    RequirementId
}
