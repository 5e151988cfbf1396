//! `TwoFactor\Api`: JSON over HTTP, without a framework.

use std::cell::RefCell;
use std::fmt;
use std::slice;
use std::thread;
use std::time::Duration;

use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ExecutorGlobals;
use twofactor_macros::methods;
use zeroize::Zeroizing;

use super::api_context::{Act, ApiContext};
use super::api_response::ApiResponse;
use super::argument::{Arg, Bytes, Optional};
use super::callback::{SecretText, call};
use super::enrolled::Enrolled;
use super::failure::{Failure, contained, internal, invalid, mistyped, tell_operator};
use super::login::Login;
use super::message::Message;
use super::object::{Dump, Fields, Holder, SEALED, constructed_once, seal_holder};
use super::proven_number::ProvenNumber;
use super::signature::Signature;
use super::user::user_of;
use super::verified::Verified;
use super::verifier::Verifier;
use crate::api::{Api as Core, ChangedBy, Host, HostAct, Request};
use crate::types::UserId;
use crate::verifier::{self, CameOf, Memberships};

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Api", flags = SEALED)]
pub struct Api {
    api: Core,
    /// The object: its store is opened anew after a fork.
    verifier: Zval,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Api")
    }
}

/// A verifier that is kept.
#[derive(Debug)]
pub struct KeptVerifier(Zval);

impl FromZval<'_> for KeptVerifier {
    const TYPE: DataType = DataType::object("TwoFactor\\Verifier");

    fn from_zval(zval: &Zval) -> Option<Self> {
        verifier_of(zval).map(|_| Self(zval.shallow_clone()))
    }
}

fn verifier_of(zval: &Zval) -> Option<&Verifier> {
    ZendClassObject::<Verifier>::from_zend_obj(zval.object()?).map(|object| &**object)
}

fn under(prefix: &str) -> Result<Core, Failure> {
    Core::new(prefix).map_err(|why| invalid("prefix", &why.to_string()))
}

#[methods]
impl Api {
    pub fn __construct(
        verifier: Arg<KeptVerifier>,
        prefix: Optional<&str>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        Ok(Self {
            api: under(prefix.or(""))?,
            verifier: verifier.0.0,
        })
    }

    pub fn handle(
        &self,
        method: Arg<Bytes<'_>>,
        path: Arg<Bytes<'_>>,
        body: Arg<Bytes<'_>>,
        context: Arg<&ApiContext>,
    ) -> Result<ApiResponse, Failure> {
        let verifier = verifier_of(&self.verifier).ok_or_else(internal)?;
        let now = verifier.now()?;
        let (method, path) = (method.text(), path.text());
        let context = context.0;
        let request = Request {
            method: &method,
            path: &path,
            content_type: context.content_type.as_deref(),
            body: body.0.0,
            client: &context.client,
            user: context.user.as_ref(),
            credential: context.credential.as_ref().map(|it| it.as_slice()),
            subject: context.subject.as_ref(),
        };
        let users = RefCell::new(Vec::new());
        let host = PhpHost {
            verifier,
            context,
            users,
        };
        contained(|| self.api.handle(now, &request, &host))?.map(ApiResponse)
    }

    pub fn openApi(prefix: Optional<&str>) -> Result<String, Failure> {
        let api = under(prefix.or(""))?;
        contained(|| api.open_api())
    }
}

/// A host that is PHP code: each of its acts is a callable of the context.
struct PhpHost<'a> {
    verifier: &'a Verifier,
    context: &'a ApiContext,
    /// The users that it has given us, to be asked for roles.
    users: RefCell<Vec<Zval>>,
}

impl PhpHost<'_> {
    /// A user, or null.
    fn user_or_null(&self, answer: &Zval, why: &str) -> Result<Option<verifier::User>, Failure> {
        if answer.dereference().is_null() {
            return Ok(None);
        }
        let user = user_of(answer).ok_or_else(|| wrong(why))?;
        self.users.borrow_mut().push(answer.shallow_clone());
        Ok(Some(user.0.clone()))
    }

    /// What does that; it is asked for only where there is one.
    fn callback(&self, act: Act) -> Result<&Zval, Failure> {
        self.context.callback(act).ok_or_else(internal)
    }
}

/// What a callable must not return.
fn wrong(why: &str) -> Failure {
    mistyped("context", why)
}

/// A text, or null.
fn text_or_null(answer: &Zval, why: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    let answer = answer.dereference();
    if answer.is_null() {
        return Ok(None);
    }
    let text = answer.zend_str().map(|text| Bytes(text.as_bytes()).text());
    text.map(Some).ok_or_else(|| wrong(why))
}

fn yes_or_no(answer: &Zval, why: &str) -> Result<bool, Failure> {
    answer.dereference().bool().ok_or_else(|| wrong(why))
}

fn object<T: IntoZval>(value: T) -> Result<Zval, Failure> {
    Ok(value.into_zval(false)?)
}

impl Host for PhpHost<'_> {
    type Failure = Failure;

    fn ask<R>(&self, question: impl FnOnce(&verifier::Verifier) -> R) -> Result<R, Failure> {
        self.verifier.put_to_core(question)
    }

    fn does(&self, act: HostAct) -> bool {
        let act = match act {
            HostAct::Authenticate => Act::Authenticate,
            HostAct::CheckPassword => Act::CheckPassword,
            HostAct::SignIn => Act::SignIn,
            HostAct::Mail => Act::Mail,
            HostAct::FindUser => Act::FindUser,
            HostAct::SetPassword => Act::SetPassword,
            HostAct::NumberProven => Act::NumberProven,
            HostAct::LoadUser => Act::LoadUser,
        };
        self.context.callback(act).is_some()
    }

    fn authenticate(&self, name: &str, password: &str) -> Result<Option<verifier::User>, Failure> {
        let password = SecretText::new(password);
        let callback = self.callback(Act::Authenticate)?;
        let answer = call(callback, vec![&name.to_owned(), password.value()])?;
        let why = "must have an authenticate that returns a TwoFactor\\User or null";
        self.user_or_null(&answer, why)
    }

    fn check_password(&self, user: &UserId, password: &str) -> Result<bool, Failure> {
        let password = SecretText::new(password);
        let callback = self.callback(Act::CheckPassword)?;
        let answer = call(callback, vec![&user.as_str().to_owned(), password.value()])?;
        yes_or_no(&answer, "must have a checkPassword that returns a bool")
    }

    fn sign_in(
        &self,
        user: &UserId,
        came_of: CameOf<'_>,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let came_of = match came_of {
            CameOf::Verified(verified) => object(Verified(verified.clone()))?,
            CameOf::Login(login) => object(Login(login.clone()))?,
        };
        let callback = self.callback(Act::SignIn)?;
        let answer = call(callback, vec![&user.as_str().to_owned(), &came_of])?;
        text_or_null(&answer, "must have a signIn that returns a string or null")
    }

    fn go_on(
        &self,
        user: &UserId,
        changed_by: ChangedBy<'_>,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let Some(callback) = self.context.callback(Act::GoOn) else {
            return Ok(None);
        };
        let (enrolled, grant) = match changed_by {
            ChangedBy::Enrolled(enrolled) => (Some(enrolled), None),
            ChangedBy::Grant(grant) => (None, Some(SecretText::new(grant))),
        };
        let enrolled = match enrolled {
            Some(enrolled) => object(Enrolled(enrolled.clone()))?,
            None => Zval::null(),
        };
        let null = Zval::null();
        let grant = grant.as_ref().map_or(&null, SecretText::value);
        let user = user.as_str().to_owned();
        let answer = call(callback, vec![&user, &enrolled, grant])?;
        text_or_null(&answer, "must have a goOn that returns a string or null")
    }

    fn mail(&self, message: &verifier::Message) -> Result<(), Failure> {
        let message = object(Message(message.clone()))?;
        call(self.callback(Act::Mail)?, vec![&message]).map(drop)
    }

    fn notify(&self, message: &verifier::Message) -> Result<bool, Failure> {
        match self.mail(message) {
            Err(Failure::Bailout) => Err(Failure::Bailout),
            Err(Failure::Pending) => {
                drop(ExecutorGlobals::take_exception());
                tell_operator("a notice of a change could not be mailed");
                Ok(false)
            }
            Err(Failure::Throw(_)) => {
                tell_operator("a notice of a change could not be mailed");
                Ok(false)
            }
            Ok(()) => Ok(true),
        }
    }

    fn find_user(&self, name: &str) -> Result<Option<verifier::User>, Failure> {
        let answer = call(self.callback(Act::FindUser)?, vec![&name.to_owned()])?;
        let why = "must have a findUser that returns a TwoFactor\\User or null";
        self.user_or_null(&answer, why)
    }

    fn load_user(&self, user: &UserId) -> Result<Option<verifier::User>, Failure> {
        let callback = self.callback(Act::LoadUser)?;
        let answer = call(callback, vec![&user.as_str().to_owned()])?;
        let why = "must have a loadUser that returns a TwoFactor\\User or null";
        self.user_or_null(&answer, why)
    }

    fn memberships(&self, user: &UserId) -> Result<Memberships, Failure> {
        let users = self.users.borrow();
        let given = users.iter().rev().filter_map(user_of);
        let mut all = given.chain(self.context.user());
        match all.find(|given| given.0.id == *user) {
            Some(given) => given.memberships(),
            None => Err(internal()),
        }
    }

    fn accepts_password(&self, password: &str) -> Result<bool, Failure> {
        let Some(callback) = self.context.callback(Act::AcceptsPassword) else {
            return Ok(true);
        };
        let password = SecretText::new(password);
        let answer = call(callback, vec![password.value()])?;
        yes_or_no(&answer, "must have an acceptsPassword that returns a bool")
    }

    fn set_password(&self, user: &UserId, password: &str) -> Result<(), Failure> {
        let password = SecretText::new(password);
        let callback = self.callback(Act::SetPassword)?;
        call(callback, vec![&user.as_str().to_owned(), password.value()]).map(drop)
    }

    fn number_proven(&self, number: &verifier::ProvenNumber) -> Result<(), Failure> {
        let number = object(ProvenNumber(number.clone()))?;
        call(self.callback(Act::NumberProven)?, vec![&number]).map(drop)
    }

    fn age(&self) -> Duration {
        self.context.age()
    }

    fn wait(&self, rest: Duration) {
        thread::sleep(rest);
    }

    fn tell_operator(&self, what: &str) {
        tell_operator(what);
    }
}

impl Dump for Api {
    fn dump(&self) -> Fields {
        Fields::new()
    }
}

/// The verifier may have a clock that holds whatever holds this.
impl Holder for Api {
    fn held(&mut self) -> &mut [Zval] {
        slice::from_mut(&mut self.verifier)
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal_holder::<Api>();
        Signature::of::<Api>("__construct").default("prefix", c"''");
        Signature::of::<Api>("handle").sensitive("body");
        Signature::of::<Api>("openapi").default("prefix", c"''");
    }
}
