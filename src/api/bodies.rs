//! Everything a request may say.

use serde_json::{Value, json};

use super::body::{
    Code, FactorName, Field, Label, ListedName, Name, Number, Password, Plain, Region, TextName,
    Token, body, either, one_of,
};
use super::problem::Wrong;
use crate::types::Method;

/// A method that can be proven by what is typed.
const TYPED: [Method; 7] = [
    Method::Totp,
    Method::Email,
    Method::Sms,
    Method::Voice,
    Method::WhatsApp,
    Method::BackupCode,
    Method::RecoveryCode,
];

/// The same at a sign-in, where an operator's code counts, too.
const AT_SIGN_IN: [Method; 8] = [
    Method::Totp,
    Method::Email,
    Method::Sms,
    Method::Voice,
    Method::WhatsApp,
    Method::BackupCode,
    Method::RecoveryCode,
    Method::TemporaryCode,
];

/// A method whose codes are sent.
const SENT: [Method; 4] = [Method::Email, Method::Sms, Method::Voice, Method::WhatsApp];

/// A method that reaches a telephone.
const PHONE: [Method; 3] = [Method::Sms, Method::Voice, Method::WhatsApp];

macro_rules! method {
    ($(#[$meta:meta])* $Name:ident, $of:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $Name(pub(super) Method);

        impl Field for $Name {
            fn read(plain: Plain) -> Result<Self, Wrong> {
                let words = $of.iter().map(|method| (method.as_str(), Self(*method)));
                one_of(plain, words)
            }

            fn schema() -> Value {
                let words: Vec<_> = $of.iter().map(|method| method.as_str()).collect();
                json!({"type": "string", "enum": words})
            }
        }
    };
}

method! {
    /// Which factor is proven.
    ProofMethod, TYPED
}
method! {
    /// Which factor is proven, or an operator's code.
    SignInMethod, AT_SIGN_IN
}
method! {
    /// Which way a code goes.
    SentMethod, SENT
}
method! {
    /// Which way a code goes to a telephone.
    PhoneMethod, PHONE
}

body! {
    /// A name and a password.
    SignIn {
        /// By which the site knows the person.
        name: Name,
        /// It is handed to the site, and kept nowhere.
        password: Password,
    }
}

body! {
    /// The answer to a challenge.
    Proof {
        /// Of POST /login, or of a problem `step-up`.
        challenge: Token,
        /// Which of the methods that were offered.
        method: ProofMethod,
        /// What was typed.
        code: Code,
    }
    token: challenge
}

body! {
    /// The answer to the challenge of a sign-in.
    SignInProof {
        /// Of POST /login.
        challenge: Token,
        /// Which of the methods that were offered; or `temporary`, which never is, for the code of an operator: it leads to a
        /// set-up and to nothing else.
        method: SignInMethod,
        /// What was typed.
        code: Code,
        optional:
        /// Whether the telephone is lost, with a backup or recovery code: apps and number are suspended with it, and all other
        /// sign-ins end.
        lost: bool,
        /// Whether the person wants this browser to be remembered. Where the site does not do that, or has no licence for
        /// it, it changes nothing.
        trust: bool,
    }
    token: challenge
}

body! {
    /// Asks for a code.
    CodeRequest {
        /// Of POST /login, or of a problem `step-up`.
        challenge: Token,
        /// Which way it is to go.
        method: SentMethod,
    }
    token: challenge
}

body! {
    /// Begins the set-up of an authenticator app.
    AppSetup {
        /// The password once more.
        password: Password,
        optional:
        /// What the person calls the app.
        label: Label,
        /// Of POST /2fa/verify: needed as soon as there is a factor.
        grant: Token,
        /// Whether it takes the place of every app there is, with new codes: both from its confirmation on. Then there is
        /// no label.
        replace: bool,
    }
}

body! {
    /// Begins the set-up of an authenticator app, to finish a sign-in that requires it.
    AppSetupForSignIn {
        /// Of POST /login.
        challenge: Token,
        optional:
        /// What the person calls the app.
        label: Label,
    }
    token: challenge
}

either! {
    /// Begins the set-up of an authenticator app.
    AppRequest { "challenge" => SignIn(AppSetupForSignIn), Begin(AppSetup) }
}

body! {
    /// Confirms a set-up.
    SetupProof {
        /// The token of the set-up.
        setup: Token,
        /// What the app shows, or what was sent.
        code: Code,
    }
    token: setup
}

either! {
    /// Confirms a set-up, or answers a challenge.
    AnyProof { "setup" => Setup(SetupProof), Challenge(Proof) }
}

body! {
    /// Takes the second factor away.
    Removal {
        /// The password once more.
        password: Password,
        optional:
        /// Of POST /2fa/verify. Without it the answer is a problem `step-up` with a challenge.
        grant: Token,
    }
}

body! {
    /// What needs a fresh proof.
    Granted {
        optional:
        /// Of POST /2fa/verify. Without it the answer is a problem `step-up` with a challenge.
        grant: Token,
    }
}

body! {
    /// Which factor is meant.
    FactorChange {
        /// Its id, as GET /2fa has it.
        factor: FactorName,
        optional:
        /// Of POST /2fa/verify. Without it the answer is a problem `step-up` with a challenge.
        grant: Token,
    }
}

body! {
    /// Begins the set-up of a telephone number.
    PhoneSetup {
        /// The password once more.
        password: Password,
        /// The number, as its owner writes it.
        number: Number,
        optional:
        /// Where it is called from, if it is written without a country code.
        region: Region,
        /// Which way the code goes; `sms` if nothing is said.
        method: PhoneMethod,
        /// Of POST /2fa/verify: needed as soon as there is a factor.
        grant: Token,
        /// The name of the text that the person was shown before: what will be sent, by whom, that it may cost something, and
        /// how to stop it. It is in the audit.
        consent: TextName,
    }
}

body! {
    /// Begins the set-up of a number, to finish a sign-in that requires it.
    PhoneSetupForSignIn {
        /// Of POST /login.
        challenge: Token,
        /// The number, as its owner writes it.
        number: Number,
        optional:
        /// Where it is called from, if it is written without a country code.
        region: Region,
        /// Which way the code goes; `sms` if nothing is said.
        method: PhoneMethod,
        /// As in PhoneSetup.
        consent: TextName,
    }
    token: challenge
}

body! {
    /// Begins the set-up of the person's e-mail address, to finish a sign-in that requires it.
    EmailSetupForSignIn {
        /// Of POST /login.
        challenge: Token,
    }
    token: challenge
}

body! {
    /// Begins the set-up of the person's e-mail address, as the site knows it.
    EmailSetup {
        /// The password once more.
        password: Password,
        optional:
        /// Of POST /2fa/verify: needed as soon as there is a factor.
        grant: Token,
    }
}

body! {
    /// Asks for another code of a set-up.
    Again {
        /// The token of the set-up.
        setup: Token,
    }
    token: setup
}

either! {
    /// Begins the set-up of a number.
    PhoneBegin { "challenge" => SignIn(PhoneSetupForSignIn), Begin(PhoneSetup) }
}

either! {
    /// Begins the set-up of a number, or asks for another code of one.
    PhoneRequest { "setup" => Again(Again), Begin(PhoneBegin) }
}

either! {
    /// Begins the set-up of the address.
    EmailBegin { "challenge" => SignIn(EmailSetupForSignIn), Begin(EmailSetup) }
}

either! {
    /// Begins the set-up of the address, or asks for another code of one.
    EmailRequest { "setup" => Again(Again), Begin(EmailBegin) }
}

body! {
    /// Asks for a new password.
    ResetRequest {
        /// By which the site knows the person. Whether it does, nobody is told.
        name: Name,
    }
}

body! {
    /// Sets the password anew.
    ResetProof {
        /// The token of the reset.
        reset: Token,
        /// What was sent.
        code: Code,
        /// The new password.
        password: Password,
    }
}

body! {
    /// Which sessions are to end.
    SessionsEnd {
        optional:
        /// The id of one; without it all but the one that asks.
        session: ListedName,
        /// Of POST /2fa/verify: needed where there is a factor.
        grant: Token,
    }
}

body! {
    /// Which trusted browsers are to be asked again.
    DevicesEnd {
        optional:
        /// The id of one; without it all.
        device: ListedName,
        /// Of POST /2fa/verify: needed where there is a factor.
        grant: Token,
    }
}

body! {
    /// Nothing but that it is to be put off.
    SuggestionSkip {}
}

body! {
    /// Proves a number before there is an account.
    NumberRequest {
        /// The number, as its owner writes it.
        number: Number,
        optional:
        /// Where it is called from, if it is written without a country code.
        region: Region,
        /// Which way the code goes; `sms` if nothing is said.
        method: PhoneMethod,
    }
}

body! {
    /// Confirms that number.
    NumberProof {
        /// The token of the verification.
        verification: Token,
        /// What was sent.
        code: Code,
    }
}
