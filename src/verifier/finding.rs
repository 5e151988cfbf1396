//! What health can say: every sentence under a stable id, with values, for whoever says it in another language.
//!
//! The English of a sentence is written once, here. What stands in braces is a value, and so are the words of
//! others (`why`): a database's, a provider's, an operating system's.

use crate::clock::UnixTime;
use crate::types::UserId;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthStatus {
    /// Nothing to do.
    Ok,
    /// Works, but an operator should act.
    Warning,
    /// Something does not work, or lets in whom it should not, until this is mended. Of `store`, `key` and `clock`:
    /// nobody can be verified.
    Problem,
}

/// A sentence that health may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// A stable name.
    pub id: &'static str,
    /// In English, with the names of its values in braces.
    pub text: &'static str,
}

/// A value in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// Names and paths, and what others say.
    Text(String),
    /// How many.
    Count(u64),
    /// When.
    At(UnixTime),
    /// Who; the name under which the audit of the providers is kept among them.
    User(UserId),
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    sentence: Sentence,
    status: HealthStatus,
    values: Vec<(&'static str, Detail)>,
}

impl Finding {
    /// There is nothing to do.
    pub(super) const fn ok(sentence: Sentence) -> Self {
        Self::new(sentence, HealthStatus::Ok)
    }

    /// It works, but an operator should act.
    pub(super) const fn warning(sentence: Sentence) -> Self {
        Self::new(sentence, HealthStatus::Warning)
    }

    /// Somebody cannot be verified, or anybody can, until it is mended.
    pub(super) const fn problem(sentence: Sentence) -> Self {
        Self::new(sentence, HealthStatus::Problem)
    }

    pub(super) const fn new(sentence: Sentence, status: HealthStatus) -> Self {
        Self {
            sentence,
            status,
            values: Vec::new(),
        }
    }

    /// With a value that the sentence has.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Detail>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The stable name of its sentence.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.sentence.id
    }

    /// How bad it is.
    #[must_use]
    pub const fn status(&self) -> HealthStatus {
        self.status
    }

    /// What the sentence is about, by name.
    #[must_use]
    pub fn values(&self) -> &[(&'static str, Detail)] {
        &self.values
    }

    /// The sentence in English. Holds no secret.
    #[must_use]
    pub fn message(&self) -> String {
        self.said(|_, value| value.english())
    }

    /// The sentence in English, with values as `show` has them.
    pub(super) fn said(&self, show: impl Fn(&str, &Detail) -> String) -> String {
        let mut said = String::new();
        let mut rest = self.sentence.text;
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = self.values.iter().find(|(known, _)| *known == name);
            said.push_str(&value.map_or_else(|| name.to_owned(), |(_, value)| show(name, value)));
            rest = after;
        }
        said.push_str(rest);
        said
    }
}

impl Detail {
    fn english(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::At(at) => {
                let utc = at.utc();
                format!("{} on {}, UTC", utc.time(), utc.date())
            }
            Self::User(user) => match user.for_host() {
                "" => "the providers' audit".to_owned(),
                id => format!("that of user {id}"),
            },
        }
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Detail {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for Detail {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for Detail {
    fn from(count: usize) -> Self {
        Self::Count(count.try_into().unwrap_or(u64::MAX))
    }
}

impl From<UnixTime> for Detail {
    fn from(at: UnixTime) -> Self {
        Self::At(at)
    }
}

impl From<&UserId> for Detail {
    fn from(user: &UserId) -> Self {
        Self::User(user.clone())
    }
}

macro_rules! sentences {
    ($($name:ident = $id:literal, $text:expr;)*) => {
        $(pub(super) const $name: Sentence = Sentence { id: $id, text: $text };)*

        /// Every one.
        pub const SENTENCES: &[Sentence] = &[$($name),*];
    };
}

/// A limit that is not as recommended, and what follows of that.
macro_rules! limit {
    ($follows:literal) => {
        concat!(
            "{setting} is {value}: ",
            $follows,
            " (recommended: {recommended})"
        )
    };
}

/// What an operator does when accounts do not open.
macro_rules! unopened {
    ($why:literal) => {
        concat!(
            "{failed} of {seen} accounts cannot be opened, {user} among them: ",
            $why
        )
    };
}

/// Why there is no licence, and what follows of that.
macro_rules! without_premium {
    ($why:literal) => {
        concat!(
            $why,
            ". Trusted browsers and the policy of who needs a second factor stop; nobody is locked out"
        )
    };
}

macro_rules! refused {
    ($why:literal) => {
        concat!("{name} refused its last message by {method}: ", $why)
    };
}

sentences! {
    STORE_OK = "store.ok", "{what}";
    STORE_MEMORY = "store.memory", "{what} in memory: every account ends with the process. For tests only";
    STORE_NOT_DURABLE = "store.not-durable",
        "innodb_flush_log_at_trx_commit is not 1: after a power cut a used code may work again. Set it to 1";
    STORE_UNAVAILABLE = "store.unavailable", "{why}";

    KEY_OK = "key.ok", "keys: {keys}; the first one seals";
    KEY_GENERATED = "key.generated",
        "the key was generated beside the store, in {path}: whoever copies the folder has both. Move it to a place \
         the web server cannot write to and name it in twofactor.key_file";
    KEY_EPHEMERAL = "key.ephemeral", "the key ends with the process. For tests only";
    KEY_OF_ACCOUNTS = "key.missing",
        unopened!("a key is missing from the key file, and these users cannot sign in; put the old key back into the key file, below the \
                   first line, or reset these users: they then set up their second factor anew");
    KEY_ACCOUNTS_REMOVED = "key.removed",
        unopened!("removed, but not by this software; these users cannot sign in: restore them from a backup, or reset \
                   these users");
    KEY_ACCOUNTS_DAMAGED = "key.damaged",
        unopened!("{why}; these users cannot sign in: restore them from a backup, with the key of that time, or reset \
                   these users");
    KEY_OF_MARK = "key.mark",
        "the mark of this site in the store: {why}. If that is not the key you meant, put the old key back into the \
         key file, below the one that seals, or reset these users: they then set up their second factor anew";

    CLOCK_OK = "clock.ok", "the server's clock says {at}";
    CLOCK_UNUSABLE = "clock.unusable",
        "the clock shows a time before 1970 or after 9999; set the system clock";
    CLOCK_FOREIGN = "clock.foreign", "the time comes from a clock object. For tests only";
    CLOCK_SET_BACK = "clock.set-back",
        "the last event lies {seconds} s in the future: the clock was set back, or another server's is ahead. Codes \
         are refused until it has caught up, and what is begun on one server ends on the other; check the time \
         service";
    CLOCK_APPS_AHEAD = "clock.apps-ahead",
        "of the {seen} apps that were used last, {count} are ahead of this server's clock, by {seconds} s in the median: \
         this server's clock seems to be slow; check the time service";
    CLOCK_APPS_BEHIND = "clock.apps-behind",
        "of the {seen} apps that were used last, {count} are behind this server's clock, by {seconds} s in the median: \
         this server's clock seems to be fast; check the time service";

    SITE_OK = "site.ok", "{site}, shown as {issuer}";
    SITE_NEW = "site.new-site",
        "twofactor.new_site is 1: take it out, or a mistyped site or prefix lets everybody in with the password alone";
    SITE_OTHER = "site.other",
        "{other} has opened the same store: as soon as it has an account, and {site} has none, this one is refused. If \
         both are to use it, set twofactor.new_site to 1 once here";
    SITE_ISSUER = "site.issuer",
        "twofactor.issuer is empty, so that apps show \"{issuer}\": some put an entry in the place of another site's \
         of the same name. Set it to the name of your site";

    FILES_EVERYBODY = "files.everybody",
        "every user of this machine may write to {path}: run chmod o-w {path}";
    FILES_OWNER = "files.owner",
        "{path} belongs to another user (uid {uid}) than the one PHP runs as: that user may replace what is there";
    FILES_GROUP = "files.group", "the group {group} may write to {path}: run chmod g-w {path}";

    PROVIDERS_OK = "providers.ok", "{names}";
    PROVIDERS_UNREADABLE = "providers.unreadable", "{why}";
    PROVIDERS_UNCONFIRMED = "providers.unconfirmed",
        "{name} was named by {by} with nothing but a password behind it, before anybody else had a second factor or in \
         an emergency, or was only proposed: no code goes there. Look at it; if it is right, have it saved again by an \
         operator with a proof that counts, or on the server; if not, remove it, and whoever named it";
    PROVIDERS_DEVELOPMENT = "providers.development",
        "twofactor.development is 1: whoever reads the file of codes is let in. Never on a site that people can reach";
    PROVIDERS_UNUSABLE = "providers.unusable", "{name} cannot be used: {why}";
    PROVIDERS_UNSIGNED = "providers.unsigned",
        "{name}: the SMS gateway's answers are not signed (signature: legacy): whoever can obtain a certificate for \
         its host can let anybody in";
    PROVIDERS_REGIONS = "providers.regions",
        "no provider is asked by {method} for numbers of all countries: others than those in regions get no code. Name \
         the countries that you allow in phone_regions";
    PROVIDERS_REGIONS_LEFT_OUT = "providers.regions-left-out",
        "no provider is asked by {method} for numbers of {regions}: they get no code. Name them in regions of a \
         provider, or take them out of phone_regions";
    PROVIDERS_AT_PROXY = "providers.proxy-failed",
        "{name} was not reached for its last message by {method}, and that is not {name}'s fault: {why}";
    PROVIDERS_THROUGH = "providers.proxy", "asked through the proxy {proxy}";
    PROVIDERS_RESTING = "providers.resting",
        "{names} failed lately and is left alone for a while: look at its status page, or at its credentials";
    PROVIDERS_CREDENTIALS = "providers.credentials",
        refused!("the provider does not accept the credentials ({code}): check the user or key, its secret, and this \
                  machine's clock");
    PROVIDERS_ACCOUNT = "providers.account",
        refused!("the provider's account does not allow it ({code}): see at the provider whether the account is \
                  suspended, on trial, without funds or without the right to send");
    PROVIDERS_SENDER = "providers.sender",
        refused!("the provider does not take the sender or another setting ({code}): check the sender, the service, \
                  the template and the other settings");
    PROVIDERS_UNLISTED = "providers.unlisted",
        refused!("the provider refuses, and its reason is not known here ({code}): look the code up in the \
                  provider's list of errors");

    ENROLMENT_UNREADABLE = "enrolment.unreadable",
        "what is required of everybody cannot be opened, so that nobody who has a factor is verified, and who has none \
         signs in by the password alone: {why}. Put the key back into the key file; if the row is damaged, require it anew \
         or take it back on the server";
    PROFILE_OK = "profile.ok", "the profile is strict, and no setting departs from it";
    PROFILE_SETTING = "profile.setting",
        "the profile is strict, so {setting} = {value} does not count, and {used} does: set {setting} to what is meant, or take it out";
    PROFILE_DEVELOPMENT = "profile.development",
        "the profile is strict, and development = 1 lets codes be written into a file: take it out";
    PROFILE_EMERGENCY = "profile.emergency",
        "the profile is strict, and an emergency is set: take it out as soon as somebody can prove a factor";
    PROFILE_PART = "profile.part",
        "only the first {seen} accounts with a factor were looked at for what departs from the strict profile, and there are more: whoever departs \
         from it among the others is led to a set-up at the next sign-in all the same";
    PROFILE_WEAK = "profile.weak",
        "the profile is strict, and {count} of the {seen} accounts that were looked at have nothing but a telephone or an e-mail address: their next sign-in leads them to set up an app. Tell them, or sign everybody out";
    PROFILE_SHORT = "profile.short-codes",
        "the profile is strict, and {count} of the {seen} accounts that were looked at have backup codes from before, which are shorter: they count until new ones are made. Ask their users to make new ones, or require a new set-up of everybody";
    ENFORCEMENT_UNREADABLE = "enforcement.unreadable",
        "the rules of who needs a second factor cannot be opened, so that nobody signs in, whoever has none included: {why}. \
         Put the key back into the key file; if the row is damaged, set the rules anew or take them back on the server";
    ENFORCEMENT_OFF = "enforcement.off",
        "rules of who needs a second factor are set, and no licence for them counts: nobody is asked for a new factor, and \
         of who has one no stronger one is asked than before. Enter or renew the licence, or take the rules back";
    ENFORCEMENT_ENDING = "enforcement.ending",
        "the rules of who needs a second factor go on until {until}; unless the licence is renewed, nobody is asked for a \
         new factor from then on";
    ENFORCEMENT_NOT_BUILT = "enforcement.not-built",
        "rules of who needs a second factor are set, and this build of the extension has nothing that is premium: nobody is \
         asked for a new factor. Take the rules back, or use a build that has it";
    DEVICES_OFF = "devices.off",
        "browsers may be trusted for {days} days, and no licence for that counts: none is, and everybody is asked in each. \
         Enter or renew the licence, or set twofactor.device_days to 0; browsers that were trusted are again until their \
         time is over";
    DEVICES_ENDING = "devices.ending",
        "browsers are trusted until {until}; unless the licence is renewed, everybody is asked in each from then on";
    TEXTS_UNREADABLE = "texts.unreadable",
        "the site's own texts of messages cannot be opened, so that the built-in ones are sent: {why}. Put the key back \
         into the key file, restore the store from a backup, or save a text to begin anew";
    TEXTS_UNUSABLE = "texts.unusable",
        "the site's own text for {method} in the language {language} is not allowed any more, so that the built-in one \
         is sent: save it anew";
    TEXTS_NOTICE_UNUSABLE = "texts.notice-unusable",
        "the site's own text for {kind} in the language {language} is not allowed any more, so that the built-in one is \
         sent: save it anew";

    PROVIDER_OK = "provider.ok", "{name}: the credentials are right";
    PROVIDER_CREDITS = "provider.credits", "credits remaining, as it tells: {credits}";
    PROVIDER_FAILED = "provider.failed", "{name}: {why}";

    LICENCE_OK = "licence.ok", "{plan} for {domain}, renewed until {until}";
    LICENCE_ENDING = "licence.ending",
        "the licence ends at {until} and has not been renewed: have renewLicence() called every hour";
    LICENCE_GRACE = "licence.grace",
        "the licence's time is over, and what is premium goes on until {until} at most: renew it before that";
    LICENCE_EXPIRED = "licence.expired", without_premium!("the licence has ended, and the days of grace as well");
    LICENCE_MISSING = "licence.missing",
        without_premium!("no licence has come yet for {domain}: call renewLicence()");
    LICENCE_REFUSED = "licence.refused", without_premium!("the licence for {domain} was refused at {at}: {why}");
    LICENCE_UNUSABLE = "licence.unusable", without_premium!("the licence does not count: {why}");
    LICENCE_SETTINGS = "licence.settings", without_premium!("the settings of the licence: {why}");
    LICENCE_UNANSWERED = "licence.unanswered",
        "since {at} nobody who was asked for the licence has given an answer that counts: {why}";
    LICENCE_NOT_BUILT = "licence.not-built",
        "twofactor.licence_key is set, and this build of the extension has nothing that is premium";

    NETWORKS_OK = "networks.ok",
        "second factors are looked at by the rules: {allow} addresses and ranges allowed, {deny} denied";
    NETWORKS_BROKEN = "networks.broken",
        "{setting} does not count: {why}. A process that has read it before goes on with what it said then; no other \
         looks at any second factor until it is mended";
    NETWORKS_UNLICENSED = "networks.unlicensed",
        "rules about networks are set, and no licence for them is kept here: they deny as they are set all the same. See what \
         is said of the licence";
    NETWORKS_NOT_BUILT = "networks.not-built",
        "rules about networks are set, and this build of the extension has nothing that is premium: nothing comes of them";
    NETWORKS_ENDED = "networks.ended",
        "the licence has ended; the rules about networks and guessing go on as they are set";
    GUESSING_ACCOUNTS = "guessing.accounts",
        "guessing over many accounts: from {since} to {at} {failures} wrong answers for {accounts} accounts from \
         {networks} networks where their users never were";
    GUESSING_NETWORKS = "guessing.networks",
        "guessing from many networks: from {since} to {at} {failures} wrong answers for {accounts} accounts from \
         {networks} networks where their users never were";
    GUESSING_PASSWORD = "guessing.password",
        "somebody else seems to know the password of {times} accounts, the last one at {at}: see password.suspected in \
         the audit. Their users are asked for a new one after their next proof";

    NOTICES_UNDELIVERED = "notices.undelivered",
        "{users} users could not be told of changes to their accounts: no mailer took the mails, however often they were \
         handed out. See notice.undelivered in the audit, and send a test mail";
    NOTICES_WAITING = "notices.waiting",
        "for a day nobody has asked for what {users} users are to be told of changes to their accounts: have \
         pendingNotices() called";
    ALERTS_UNREAD = "alerts.unread",
        "since {at} nobody has looked for what is unusual, so that nobody is alerted: have alerts() called, from cron or a \
         task of the site, or name what nobody is to be alerted of in twofactor.alerts_off";

    EMERGENCY_ACTIVE = "emergency.active",
        "for {seconds} more seconds operators act on accounts and providers without a factor of their own: take \
         twofactor.emergency out as soon as you can sign in";
    EMERGENCY_OVER = "emergency.over",
        "twofactor.emergency is over and does nothing any more: take it out";
    EMERGENCY_NOT_YET = "emergency.not-yet",
        "twofactor.emergency begins in {seconds} s, and then operators act without a factor of their own. If nobody \
         means that, take it out";
    EMERGENCY_MISTAKEN = "emergency.mistaken",
        "twofactor.emergency is not obeyed, at no time: its end must come after its beginning, and at most {most} s \
         later. Set what `echo $(date +%s)/$(date -d '+30 minutes' +%s)` prints, or take it out";

    SETTINGS_UNKNOWN = "settings.unknown",
        "php.ini has a setting that does not exist and changes nothing: twofactor.{setting}";
    SETTINGS_SIMILAR = "settings.similar",
        "php.ini has a setting that does not exist and changes nothing: twofactor.{setting}: did you mean {meant}?";
    VARIABLES_UNKNOWN = "settings.variable-unknown",
        "the environment has a variable that is no setting and changes nothing: {variable}";
    VARIABLES_SIMILAR = "settings.variable-similar",
        "the environment has a variable that is no setting and changes nothing: {variable}: did you mean {meant}?";

    POLICY_OK = "policy.ok", "all limits are as recommended";
    MAX_ATTEMPTS_LESS = "policy.max_attempts.less",
        limit!("whoever mistypes a code is blocked at once");
    MAX_ATTEMPTS_MORE = "policy.max_attempts.more",
        limit!("a guesser has more tries before the first block");
    LOCKOUT_SECONDS_LESS = "policy.lockout_seconds.less", limit!("a guesser hardly waits");
    LOCKOUT_SECONDS_MORE = "policy.lockout_seconds.more",
        limit!("whoever mistypes a few codes is kept out for long");
    LOCKOUT_GROWTH_LESS = "policy.lockout_growth.less",
        limit!("a patient guesser has thousands of tries a day");
    LOCKOUT_GROWTH_MORE = "policy.lockout_growth.more",
        limit!("the second block is nearly the longest");
    LOCKOUT_MAX_LESS = "policy.lockout_max_seconds.less",
        limit!("a patient guesser has more tries a day");
    LOCKOUT_MAX_MORE = "policy.lockout_max_seconds.more",
        limit!("a person is kept out for hours");
    DISABLE_AFTER_LESS = "policy.disable_after.less",
        limit!("ordinary mistakes disable a method");
    DISABLE_AFTER_MORE = "policy.disable_after.more", limit!("guessing ends late");
    DISABLE_AFTER_NEVER = "policy.disable_after.never",
        "{setting} is {value}: whoever has a password guesses on for ever, as it is set here up to {tries} codes a day \
         and method (recommended: {recommended})";
    DISABLE_WINDOW_LESS = "policy.disable_window_days.less",
        limit!("a patient guesser is forgotten");
    DISABLE_WINDOW_MORE = "policy.disable_window_days.more",
        limit!("mistakes of long ago disable a method");
    CHALLENGE_TTL_LESS = "policy.challenge_ttl.less",
        limit!("a code by SMS or e-mail may arrive too late");
    TOTP_WINDOW_LESS = "policy.totp_window.less",
        limit!("right codes are refused when a clock is seconds off or a code is typed at the end of its half minute");
    TOTP_WINDOW_MORE = "policy.totp_window.more", limit!("each guess has a better chance");
    TOTP_ALGORITHM_MORE = "policy.totp_algorithm.more",
        limit!("many apps know SHA1 only, and show codes that are refused");
    TOTP_DIGITS_LESS = "policy.totp_digits.less", limit!("codes are guessed more easily");
    TOTP_DIGITS_MORE = "policy.totp_digits.more",
        limit!("some apps show six digits whatever they are told");
    RECOVERY_CODES_LESS = "policy.recovery_codes.less", limit!("people soon use the last one, which switches their second factor off");
    RECOVERY_CODES_MORE = "policy.recovery_codes.more",
        limit!("more than anybody needs lie about, and each that is tried is compared with all");
    BACKUP_CODES_LESS = "policy.backup_codes.less", limit!("people run out of them");
    BACKUP_CODES_MORE = "policy.backup_codes.more",
        limit!("more than anybody needs lie about");
    CODE_DIGITS_LESS = "policy.code_digits.less",
        limit!("a code that is sent is guessed more easily");
    CODE_DIGITS_MORE = "policy.code_digits.more",
        limit!("people mistype codes that are sent");
    CODE_CHECKS_LESS = "policy.code_checks.less", limit!("one slip spends a code that is sent");
    CODE_CHECKS_MORE = "policy.code_checks.more",
        limit!("each code that is sent can be guessed at more often");
    CODE_SECONDS_LESS = "policy.code_seconds.less", limit!("codes arrive too late");
    CODE_SECONDS_MORE = "policy.code_seconds.more",
        limit!("a code that was seen or forwarded is good for longer");
    COOLDOWN_MORE = "policy.send_cooldown.more", limit!("people wait long for a second code");
    SEND_FEW = "policy.send.few", limit!("people who need a code do not get one");
    SEND_NEW_RANGE = "policy.send.new-range",
        limit!("a number of a new range counts three times, so that hardly anybody there gets a code");
    SEND_COST = "policy.send.cost", limit!("more messages can be bought at your cost");
    SEND_NUISANCE = "policy.send.nuisance",
        limit!("somebody can be sent more messages that they did not ask for");
    REQUESTS_FEW = "policy.requests.few",
        limit!("people behind one address keep each other from signing in over the JSON interface");
    REQUESTS_MANY = "policy.requests.many",
        limit!("from one address more passwords and codes can be tried over the JSON interface");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sentence_has_an_id_of_its_own_and_values_with_names() {
        let ids: BTreeSet<_> = SENTENCES.iter().map(|it| it.id).collect();
        assert_eq!(ids.len(), SENTENCES.len());
        for it in SENTENCES {
            assert!(
                it.id
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b"._-".contains(&b)),
                "{it:?}"
            );
            let mut names = it.text.split('{').skip(1);
            assert!(
                names.all(|rest| rest
                    .split_once('}')
                    .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()))),
                "{it:?}"
            );
        }
    }

    #[test]
    fn values_stand_in_the_sentence_as_they_are_and_are_not_read_again() {
        let said = Finding::warning(FILES_OWNER)
            .with("path", "/{uid}")
            .with("uid", 33_u32)
            .message();
        assert!(
            said.starts_with("/{uid} belongs to another user (uid 33)"),
            "{said}"
        );
        let at = UnixTime::new(1_795_961_002).unwrap();
        assert_eq!(
            Finding::ok(CLOCK_OK).with("at", at).message(),
            "the server's clock says 14:03:22 on 2026-11-29, UTC"
        );
    }
}
