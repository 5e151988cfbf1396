//! What the host does: it knows names and passwords, and sessions and tokens are its own.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::types::UserId;
use crate::verifier::{CameOf, Enrolled, Memberships, Message, ProvenNumber, User, Verifier};

/// What a host may do. What it does not do, this site does not offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostAct {
    /// Checks a name and a password.
    Authenticate,
    /// Checks the password of whoever is signed in.
    CheckPassword,
    /// Issues a session or token.
    SignIn,
    /// Sends a mail.
    Mail,
    /// Finds somebody by their name.
    FindUser,
    /// Stores a new password.
    SetPassword,
    /// Keeps a receipt for a number.
    NumberProven,
    /// Knows who a user is that is not signed in yet.
    LoadUser,
}

/// What ended all sessions but the one that it was made in.
#[derive(Debug, Clone, Copy)]
pub enum ChangedBy<'a> {
    /// A factor was confirmed.
    Enrolled(&'a Enrolled),
    /// Factors were changed with this grant.
    Grant(&'a str),
}

/// The application behind the interface. Nothing of ours is borrowed while it works, and what it does is done when it
/// returns. A password is passed on to it and to nobody else.
pub trait Host {
    /// How its own work ends when it does not return: that of PHP by an exception.
    type Failure;

    /// Asks the verifier.
    ///
    /// # Errors
    /// When there is none any more.
    fn ask<R>(&self, question: impl FnOnce(&Verifier) -> R) -> Result<R, Self::Failure>;

    /// Whether it can do that.
    fn does(&self, act: HostAct) -> bool;

    /// Whose name and password that are; `None` for whatever is wrong, after the same time.
    ///
    /// # Errors
    /// Its own.
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<User>, Self::Failure>;

    /// Whether that is the password of whoever is signed in.
    ///
    /// # Errors
    /// Its own.
    fn check_password(&self, user: &UserId, password: &str) -> Result<bool, Self::Failure>;

    /// Somebody is signed in: issues a session or token, and returns what the client is to be told of it.
    ///
    /// # Errors
    /// Its own.
    fn sign_in(
        &self,
        user: &UserId,
        came_of: CameOf<'_>,
    ) -> Result<Option<Zeroizing<String>>, Self::Failure>;

    /// A change has ended all sessions of a user; the one that it was made in may go on, with a new token that is
    /// returned.
    ///
    /// # Errors
    /// Its own.
    fn go_on(
        &self,
        user: &UserId,
        changed_by: ChangedBy<'_>,
    ) -> Result<Option<Zeroizing<String>>, Self::Failure>;

    /// Sends a mail.
    ///
    /// # Errors
    /// Its own.
    fn mail(&self, message: &Message) -> Result<(), Self::Failure>;

    /// Sends a mail that tells of something that is done; one without an address to the site's administrators, whom it
    /// knows. Whether its mailer took it: that it cannot takes nothing back of what is done, and the operator is told.
    ///
    /// # Errors
    /// Its own, where nothing can go on.
    fn notify(&self, message: &Message) -> Result<bool, Self::Failure>;

    /// Who is called so and may have a new password.
    ///
    /// # Errors
    /// Its own.
    fn find_user(&self, name: &str) -> Result<Option<User>, Self::Failure>;

    /// The user of that id, who has given the right password and is not signed in yet.
    ///
    /// # Errors
    /// Its own.
    fn load_user(&self, user: &UserId) -> Result<Option<User>, Self::Failure>;

    /// The roles and groups of a user that it has given us in this request: asked for where a policy asks.
    ///
    /// # Errors
    /// Its own.
    fn memberships(&self, user: &UserId) -> Result<Memberships, Self::Failure>;

    /// Whether a new password may be one, whoever's it is to be.
    ///
    /// # Errors
    /// Its own.
    fn accepts_password(&self, password: &str) -> Result<bool, Self::Failure>;

    /// Stores a new password.
    ///
    /// # Errors
    /// Its own.
    fn set_password(&self, user: &UserId, password: &str) -> Result<(), Self::Failure>;

    /// A number was proven for a registration.
    ///
    /// # Errors
    /// Its own.
    fn number_proven(&self, number: &ProvenNumber) -> Result<(), Self::Failure>;

    /// How long ago the request began.
    fn age(&self) -> Duration;

    /// Waits, where an answer has to take as long for everybody.
    fn wait(&self, rest: Duration);

    /// Tells the operator, and nobody else.
    fn tell_operator(&self, what: &str);
}
