//! Every setting there is, a few lines each; `macros.rs` says what they mean. The order is that of the README.

use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::key_place::KeyPlace;
use super::profile::Profile;
use super::setting::{self, Index, Setting};
use super::values::{self, Checked, Values};
use crate::client_ip::TrustedProxies;
use crate::clock::UnixTime;
use crate::development::DevelopmentAllowed;
use crate::phone::Regions;
use crate::proxy::HttpProxy;
use crate::store::StoreUrl;
use crate::types::{Algorithm, LicenceKey, Purpose, SecretMode, Site};

/// The site's name where none is given: on every installation the same.
pub const DEFAULT_SITE: &str = "default";

settings! {
    /// A whole, checked configuration.
    #[derive(Debug, Clone)]
    #[expect(dead_code, reason = "of a setting that another one is read with, nothing is kept")]
    struct Config {
        /// Where accounts are kept: `sqlite:/absolute/path`, `mysql://user:password@host/database` or `memory:`
        store = "sqlite:/var/lib/twofactor/twofactor.sqlite", own(StoreUrl, store, "address"), secret;

        /// Name of this installation; accounts are sealed for it. Never change it later
        site = "default", own(Site, site, "text, 1 to 191 bytes");

        /// 1: this site may begin in a store that another site has used before, or with a new prefix. Set it for one
        /// request, then take it out: it is remembered
        is_new_site as "new_site" = 0, switch();

        /// What `Verifier::storeId()` said once the store was set up: from then on another store, or one that was
        /// emptied, is refused. Keep it where the store is not; empty: any store is taken
        store_id = "", copy(Option<[u8; 16]>, store_id, "32 hexadecimal digits");

        /// Name shown in authenticator apps, without a colon; empty: the site's name
        issuer = "", string(issuer, "text, up to 64 characters");

        /// The language in which administrators are told of accounts, as a tag such as de-DE; empty: English
        locale = "", some_string(language, "language tag");

        /// The key file, or a credential of systemd's, or a program that writes what one says, both read when PHP starts;
        /// empty: the environment variable `TWOFACTOR_KEYS`, else a generated file beside the SQLite store
        key_file = "", some(KeyPlace, key_place, "absolute path, `credential:` and a name, or `command:` and an absolute path");

        /// Where the secrets of authenticator apps and the codes that stand in for them are: sealed, drawn and kept in the
        /// account; derived, made of a key of the key file whenever they are needed and kept nowhere, with recovery codes in
        /// the place of backup codes and one app a user. An account follows at its next confirmed change
        secrets = "sealed", words(SecretMode, "sealed" = SecretMode::Sealed, "derived" = SecretMode::Derived);

        /// strict is for sites that have to show an auditor: nobody's factor is an e-mail address or a telephone alone,
        /// new backup and recovery codes are longer, a first set-up takes the password once more, and a few settings have a
        /// bound of their own
        profile = "standard", own(Profile, profile, "standard or strict");

        /// When backup codes are handed out with the first app: once it is confirmed, or already with its set-up. They
        /// count from the confirmation on. Recovery codes come with the confirmation
        shows_codes_at_setup as "codes_shown" = "confirm", words(bool, "confirm" = false, "setup" = true);

        /// How long events of the audit and the list of messages are kept; 0: for ever. The last event of each account
        /// stays
        audit_keep_days = 365, number(0, 36500, "days");

        /// From how much on the clock of an app is worth telling its user, once several codes in a row have said so; and
        /// the clocks of most apps, which say that the server's is wrong, its operators
        clock_warn_seconds = 30, number(15, 3600, "seconds");

        /// 1: who uses PHP on the command line acts on accounts and providers without a factor of their own, and says
        /// who and why; 0: where PHP on the command line serves requests (RoadRunner, Swoole, ReactPHP): nobody does
        cli_operators = 1, switch();

        /// From when until when nobody needs a factor of their own to act on accounts and providers: for when nobody
        /// can prove one. What is longer than an hour is never obeyed. Who signs in needs theirs all the same
        emergency = "", copy(Option<(UnixTime, UnixTime)>, interval, "two unix times with a slash between them");

        /// Addresses and ranges of your own reverse proxies, such as "10.0.0.0/8, 2001:db8::7", and unix: for sockets
        /// of this machine: only from them a header is believed that says where a request came from; empty: nothing is
        /// believed
        trusted_proxies = "", own(TrustedProxies, trusted_proxies, "up to 64");

        /// The header they write (`Forwarded` is RFC 7239). The other is never read
        trusted_proxies_header = "X-Forwarded-For", check(trusted_proxies_header, "X-Forwarded-For or Forwarded");

        /// Regions whose numbers get codes, such as "DE, AT, CH"; empty: all
        regions as "phone_regions" = "", own(Regions, regions, "regions of ISO 3166-1");

        /// Regions whose numbers get no codes
        phone_regions_blocked = "", check(regions_blocked, "regions of ISO 3166-1");

        /// 1: a number that one user has proven is refused to others; 0: families and offices may share one
        phone_is_unique as "phone_unique" = 0, switch();

        /// Host that sign-in codes by SMS are bound to, such as example.com, so that telephones offer them there and
        /// nowhere else; empty: none
        webotp_host = "", some_string(host, "host name");

        /// The file that names the providers of SMS, calls and WhatsApp, with their credentials; empty: the environment
        /// variable `TWOFACTOR_PROVIDERS`, else the store. Not for everybody to read
        providers_file = "", path();

        /// 1: the provider `development`, which writes codes into a file, may be used. Never on a site that people can
        /// reach
        development = 0, some(DevelopmentAllowed, development, "0 or 1");

        /// The certificates that providers are trusted by, in PEM; empty: the system's
        http_ca_file = "", path();

        /// Longest time one provider is waited for
        http_seconds = 8, small(1, 15, "seconds");

        /// Proxy through which providers are reached: `http://proxy.example:3128` or
        /// `http://user:password@proxy.example:3128`, user and password percent-encoded; empty: none. `HTTP_PROXY` has
        /// no say
        http_proxy = "", some(HttpProxy, http_proxy, "address"), secret;

        /// The site's address, such as `https://www.example.com`: a licence is for its host, without `www.`; empty: the one
        /// that setLicenceKey() was given with the key. Never one that was read from a request, which can name any host
        site_url = "", some_string(some_text, "text");

        /// Page of your own that opens the links of notices, up to where the token of a link follows, such as
        /// `https://www.example.com/not-me?token=`; empty: notices have no links. https, or http on this machine. Never one
        /// that was read from a request, which can name any host
        notice_url = "", some_string(notice_url, "address");

        /// The key of the licence for what is premium; empty: none; `stored`, where php.ini and the environment say none: the
        /// one that setLicenceKey() was given, which is sealed in the store. Like everything about a licence, what is wrong with it keeps nobody from signing in:
        /// health says it
        licence_key = "", some(LicenceKey, licence_key, "text"), secret;

        /// Where the licence is asked for: `https://`, a host, perhaps a port and a path
        licence_url = "", some_string(some_text, "text");

        /// Who signs licences: one or two public keys, each an id, an equals sign and 32 bytes in base 64, with a comma
        /// between them, in php.ini all of it in quotes; the second is for when the first is replaced
        licence_public_keys = "", some_string(some_text, "text");

        /// How long a licence goes on when its time is over and nobody could be asked for the next; the answer that it
        /// has ended ends it at once
        premium_grace_days = 14, number(0, 60, "days");

        /// Premium: from where alone second factors may be answered and codes asked for, as a list between commas or
        /// spaces, such as "192.0.2.0/24, 2001:db8::/32", or a file of up to 10000 lines; empty: from everywhere. Who is
        /// signed in stays so
        network_allow = "", some_string(some_text, "addresses and ranges, or absolute path");

        /// Premium: from where they may not, also where `network_allow` has it
        network_deny = "", some_string(some_text, "addresses and ranges, or absolute path");

        /// Premium: of what nobody is alerted, such as "blocked, new-device"; empty: of everything unusual people are, and
        /// administrators of it and of what is wrong with the site
        alerts_off = "", own(Vec<&'static str>, alerts_off, "names of alerts");
    }

    /// The limits every rule over an account obeys.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Policy in policy {
        /// Failures of one method before it is blocked
        max_attempts = 5, number(1, 20, "");

        /// Length of the first block
        lockout_seconds = 60, number(1, 86400, "seconds");

        /// Each further failure multiplies the block by this. 1: a block of the same length after every max_attempts
        /// failures
        lockout_growth = 2, number(1, 10, "");

        /// Longest block, not less than lockout_seconds
        lockout_max_seconds = 3600, copy(u32, lockout_max_seconds, "1 to 86400 seconds");

        /// Failures in a row, or within disable_window_days, that disable a method until it is enrolled anew; 0: never.
        /// Backup codes are slowed down and never disabled. Where `profile` is strict 0 is 50
        disable_after = 50, copy(u32, disable_after, "0 to 100");

        /// Time over which failures are counted whatever succeeded between; 0: only failures in a row count
        disable_window_days = 30, number(0, 365, "days");

        /// How long a challenge stays open; 0: until it is answered, superseded or ended by a change of factors. A reset
        /// of a password has half an hour
        challenge_ttl = 0, copy(u32, challenge_ttl, "0, or 60 to 86400 seconds");

        /// Time steps accepted before and after the current one
        totp_window = 1, small(0, 2, "");

        /// Hash of new secrets. Many apps know SHA1 only
        totp_algorithm = "SHA1", words(
            Algorithm, "SHA1" = Algorithm::Sha1, "SHA256" = Algorithm::Sha256, "SHA512" = Algorithm::Sha512
        );

        /// Length of new authenticator apps' codes
        totp_digits = 6, small(6, 8, "digits");

        /// Backup codes a set
        backup_codes = 10, small(5, 20, "");

        /// Recovery codes a set, where secrets are derived
        recovery_codes = 10, small(5, 20, "");

        /// Length of a code that is sent; fewer than 6 only where a person reads it aloud, and never where `profile` is
        /// strict
        code_digits = 6, copy(u8, code_digits, "4 to 10 digits");

        /// Guesses a code that is sent survives
        code_checks = 3, small(1, 5, "");

        /// How long a code that is sent is good for signing in
        code_login_seconds = 300, number(60, 600, "seconds");

        /// How long a code that is sent is good for checking a number or address
        code_verify_seconds = 600, number(60, 600, "seconds");

        /// Premium: how long a browser may be trusted, so that signing in there takes the password alone; 0: no browser
        /// is. Where `profile` is strict it is 0 or 1, and any other number is 0
        device_days = 30, copy(u32, device_days, "0 to 30 days");
    }

    /// How many codes are sent at most. Each of these holds at the same time.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct SendLimits in send_limits {
        /// Time between two codes to one number or address
        cooldown_seconds as "send_cooldown_seconds" = 60, number(10, 1800, "seconds");

        /// Codes to one number or address in any hour. Here and in the next three, two thirds may be asked for from
        /// where no proof of the user has come
        number_hour as "send_per_number_hour" = 5, number(1, 100, "");

        /// The same in any day
        number_day as "send_per_number_day" = 10, number(1, 1000, "");

        // Above the limit of one number, for users who have two or mistype a new one.
        /// Codes for one user in any hour
        user_hour as "send_per_user_hour" = 10, number(1, 100, "");

        /// The same in any day
        user_day as "send_per_user_day" = 20, number(1, 1000, "");

        // Sized for an office behind one address whose people all sign in within the same hour.
        /// Codes asked for from one IPv4 address or one 64-bit network of IPv6 in any hour. Here and in every budget
        /// below that people share, sign-ins from where no proof of the user has come may have half, enrolments, tests
        /// and resets a third, and resets half of that
        ip_hour as "send_per_ip_hour" = 30, number(1, 100000, "");

        /// The same in any day
        ip_day as "send_per_ip_day" = 100, number(1, 100000, "");

        // A company may own a range. Of enrolments it is ten an hour and twenty a day: two people who use up what
        // their numbers have.
        /// Codes into a range of numbers, all that differ in the last three digits, in any hour
        range_hour as "send_per_range_hour" = 30, number(1, 100000, "");

        /// The same in any day
        range_day as "send_per_range_day" = 60, number(1, 100000, "");

        // About how many people may enrol.
        /// Codes into all new ranges together, where nobody has typed a code back yet, in any hour. A number that its
        /// user has proven is in none. Raise it while many people enrol
        new_ranges_hour as "send_new_ranges_hour" = 100, number(1, 100000, "");

        /// The same in any day
        new_ranges_day as "send_new_ranges_day" = 300, number(1, 100000, "");

        // Even a country that everybody lives in leaves something for the others.
        /// Codes into one country in any hour
        country_hour as "send_per_country_hour" = 500, number(1, 100000, "");

        /// The same in any day
        country_day as "send_per_country_day" = 1500, number(1, 100000, "");

        // What a provider's account is asked for at most.
        /// Messages one provider is asked for in any minute
        provider_minute as "send_per_provider_minute" = 60, number(1, 100000, "");

        /// The same in any hour
        provider_hour as "send_per_provider_hour" = 1000, number(1, 100000, "");

        /// The same in any day
        provider_day as "send_per_provider_day" = 2000, number(1, 100000, "");

        /// Codes the whole site sends by SMS, call and WhatsApp in any day, and as many by e-mail: the most a day can
        /// cost
        site_day as "send_site_day" = 2000, number(1, 100000, "");
    }

    /// How many requests to the JSON interface an address may make.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct RequestLimits in request_limits {
        /// Requests to the JSON interface from one IPv4 address or one 48-bit network of IPv6 in any minute. Of them
        /// a third may be made by one user who is signed in, a third by all who are not, and a quarter without any password
        network_minute as "api_per_network_minute" = 60, number(6, 100000, "");

        /// The same in any hour
        network_hour as "api_per_network_hour" = 600, number(6, 100000, "");
    }

    /// What may be wrong, and be sent, by where it comes from: premium. None of it is for an answer from where a proof of
    /// the user has come before.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct NetworkLimits in network_limits {
        /// Premium: wrong answers from one IPv4 address or one 64-bit network of IPv6 in any hour, for whatever accounts;
        /// 0: no limit. This and the next five are not for where a proof of the user has come from before
        address_failures as "network_address_failures" = 0, number(0, 100000, "");

        /// Premium: the same from one subnet, 24 bits of IPv4 or 48 of IPv6; one account may have a third of it
        subnet_failures as "network_subnet_failures" = 0, number(0, 100000, "");

        /// Premium: codes asked for from one address in any hour, beside `send_per_ip_hour`; 0: no limit. What no password
        /// stands behind may have a third
        address_sends as "network_address_sends" = 0, number(0, 100000, "");

        /// Premium: the same from one subnet
        subnet_sends as "network_subnet_sends" = 0, number(0, 100000, "");

        /// Premium: wrong answers by all methods together for one account and from one network in a day, before nothing
        /// more from there is looked at until one has run out; 0: as many as each method takes
        most_failures as "max_failures_all_methods" = 10, number(0, 100, "");

        /// Premium: wrong answers for one account from all unknown networks in a day, before the password is held for
        /// known to somebody else: that is told, and the next proof asks for a new password. A method that answers from
        /// there disable, or block for the longest time, tells it as well; 0: never
        after_failures = 20, number(0, 100, "");

        /// Premium: for how many accounts answers are wrong within an hour before that is an alarm, or four times as many
        /// within a day; 0: never
        alarm_accounts = 20, number(0, 200, "");

        /// Premium: the same for networks that they come from
        alarm_networks = 20, number(0, 200, "");
    }

    /// From when on something is unusual, and how often that is told: premium.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct AlertLimits in alert_limits {
        /// Premium: wrong answers in a row from which on people are alerted, and of a proof after as many
        failures as "alert_failures" = 3, number(1, 100, "");

        /// Premium: days without a proof after which people are alerted of one
        idle_days as "alert_idle_days" = 90, number(1, 3650, "days");

        /// Premium: share of messages that fail at a provider within an hour, from which on administrators are alerted
        failing_percent as "alert_failing_percent" = 20, number(1, 100, "percent");

        /// Premium: share of a limit of messages that is used, from which on they are
        budget_percent as "alert_budget_percent" = 80, number(1, 100, "percent");

        /// Premium: alerts of one kind to one person in a day; never more than one an hour
        person_day as "alert_person_day" = 4, number(1, 24, "");

        /// Premium: least time between two mails to administrators that say what was unusual
        digest_minutes as "alert_digest_minutes" = 60, number(60, 1440, "minutes");
    }
}

static INDEX: Index<{ setting::count(TEXT) }> = setting::index(TEXT);

/// Every setting there is.
pub fn settings() -> impl Iterator<Item = Setting> {
    setting::read(TEXT, &INDEX)
}

/// The setting of that name.
#[must_use]
pub fn setting(name: &str) -> Option<Setting> {
    settings().find(|setting| setting.name == name)
}

impl Config {
    /// Checks settings; those not given have their default.
    ///
    /// # Errors
    /// [`ConfigError`] for the first wrong one.
    pub fn parse<'a>(
        given: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ConfigError> {
        Self::read(&Values::new(settings(), given)?)
    }
}

/// How long a set-up may take, in seconds.
const SET_UP_SECONDS: u64 = 1800;

impl Policy {
    /// Seconds a challenge of that purpose stays open; 0: for ever. That of a reset is as old as its token may be.
    #[must_use]
    pub const fn challenge_seconds(&self, purpose: Purpose) -> u64 {
        match purpose {
            Purpose::Login | Purpose::StepUp | Purpose::VerifyPhone => self.challenge_ttl as u64,
            Purpose::ResetPassword => 0,
        }
    }

    /// Seconds a sign-in waits for a set-up while nothing was proven for it: as a challenge, but no shorter than a set-up
    /// takes; 0: for ever.
    #[must_use]
    pub const fn set_up_seconds(&self) -> u64 {
        match self.challenge_ttl as u64 {
            0 => 0,
            ttl if ttl < SET_UP_SECONDS => SET_UP_SECONDS,
            ttl => ttl,
        }
    }

    /// Seconds a code that is sent for that purpose is good.
    #[must_use]
    pub const fn code_seconds(&self, purpose: Purpose) -> u32 {
        match purpose {
            Purpose::Login | Purpose::StepUp => self.code_login_seconds,
            Purpose::VerifyPhone | Purpose::ResetPassword => self.code_verify_seconds,
        }
    }
}
