//! Why nobody is let in.

/// Why nobody is let in. The texts are for whoever holds the wrong code: they say nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Wrong, used, expired or foreign: all look the same.
    #[error("The code was not accepted.")]
    Rejected,
    /// A recovery code that does not check: it was mistyped. Read off the text alone, before anything is compared, so
    /// nothing is charged.
    #[error("This is not a whole recovery code. Please check what you have typed.")]
    Mistyped,
    /// Too many failures.
    #[error("Too many attempts.")]
    LockedOut {
        /// Seconds until the next try; 0 when waiting does not help.
        retry_after: u64,
        /// The method has to be enrolled anew.
        disabled: bool,
    },
    /// Answered, superseded or never ours.
    #[error("This sign-in is no longer open.")]
    ChallengeClosed,
    /// A change needs a fresh proof.
    #[error("Please confirm with your second factor first.")]
    StepUpRequired,
    /// The proof was right, and the sign-in goes on with a set-up: the old factor is to be replaced.
    #[error("Please set up your second factor anew to finish signing in.")]
    EnrolmentRequired,
    /// The factor is too new to act on others.
    #[error("Your second factor was set up too recently to act for others.")]
    TooRecent {
        /// Seconds until it is not.
        retry_after: u64,
    },
    /// Its user says that a change was not theirs: nothing is changed until somebody ends that.
    #[error("Changes of second factors are on hold.")]
    OnHold,
    /// The link of a notice is forged, foreign, too old or used: all look the same.
    #[error("This link is not good, or not any more.")]
    LinkOver,
    /// Too many codes were asked for, or too many sign-ins begun and not finished; or somebody else's request has to end
    /// first.
    #[error("Please wait before asking again.")]
    Throttled {
        /// Seconds until asking again may help.
        retry_after: u64,
    },
    /// No code went out, and trying again will not help.
    #[error("No code could be sent.")]
    NotSent {
        /// Why, as a stable name.
        reason: &'static str,
    },
}
