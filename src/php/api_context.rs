//! `TwoFactor\ApiContext`: what the host says of a request, and what it does.

use std::fmt;
use std::time::Duration;

use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;
use twofactor_macros::methods;
use zeroize::Zeroizing;

use super::argument::{Arg, Bytes, Optional};
use super::callback::Callback;
use super::client::Client;
use super::failure::Failure;
use super::object::{Dump, Fields, Holder, SEALED, constructed_once, seal_holder};
use super::signature::Signature;
use super::user::{KeptUser, User, user_id, user_of};
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

/// The user that is signed in, behind the acts.
const USER: usize = ACTS;

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
    /// In the order of [`Act`], and the user; null where there is none. Beside each other, for the cycle collector.
    callbacks: [Zval; ACTS + 1],
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

    /// Who is signed in.
    pub(super) fn user(&self) -> Option<&User> {
        user_of(self.callbacks.get(USER)?)
    }

    /// How long ago the request began.
    pub(super) fn age(&self) -> Duration {
        self.age.saturating_add(self.made.elapsed())
    }
}

#[methods]
impl ApiContext {
    #[allow(clippy::too_many_arguments)] // named in PHP
    pub fn __construct(
        client: Arg<&Client>,
        contentType: Arg<Option<Bytes<'_>>>,
        user: Arg<Option<KeptUser>>,
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
            user: (user.0.as_ref())
                .and_then(|user| user_of(&user.0))
                .map(|user| user.0.clone()),
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
                user.0.map_or_else(Zval::null, |user| user.0),
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

/// A closure may hold whatever holds the context.
impl Holder for ApiContext {
    fn held(&mut self) -> &mut [Zval] {
        &mut self.callbacks
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal_holder::<ApiContext>();
        Signature::of::<ApiContext>("__construct")
            .sensitive("credential")
            .default("subject", c"''");
    }
}
