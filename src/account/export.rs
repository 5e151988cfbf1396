//! All that an account keeps of its user, for them to read (GDPR, article 15).
//!
//! Every field is named, here and in what it consists of: one that is added does not compile before somebody has said
//! whether it is shown. Left out are secrets, codes and what hashes are made of: the keys of the account, hashes of codes,
//! the names of challenges, grants and set-ups, networks (the account knows them as keyed hashes only) and which of a row
//! of derived secrets is in use. Numbers and addresses are the user's own and stand there in full, as nowhere else.

use serde_json::{Value, json};

use super::app::{AppFactor, AppSecret, DerivedTotp};
use super::challenge::{Challenge, Challenges};
use super::demand::{Asked, Due};
use super::device_record::DeviceRecord;
use super::factor::{Factor, FactorKind};
use super::grants::Grant;
use super::guesses::{Guesses, HourOfGuesses};
use super::hold_record::{Hold, Repudiation};
use super::import_record::{ImportRecord, ImportedCodes};
use super::lockout::Failures;
use super::notice_record::{
    Addressee, AlertTurns, Change, Contact, Former, Notice, Notices, NumberNotice,
};
use super::oob_factor::{FormerPhone, Recipient, Telephone};
use super::open_checks::OpenCheck;
use super::pending_oob::PendingContact;
use super::repeats::Repeat;
use super::requirement::{OfEverybody, RequiredEnrolment};
use super::sent::{OwnCode, Sent};
use super::spent::SpentCode;
use super::state::Account;
use super::temporary_record::TemporaryCode;
use crate::clock::UnixTime;
use crate::types::{Algorithm, Method, Strength};

fn object(fields: Vec<(&str, Value)>) -> Value {
    let fields = fields.into_iter();
    Value::Object(fields.map(|(name, it)| (name.to_owned(), it)).collect())
}

fn time(at: UnixTime) -> Value {
    at.utc().rfc3339().into()
}

fn time_if(at: Option<UnixTime>) -> Value {
    at.map_or(Value::Null, time)
}

fn list<T>(items: &[T], each: impl Fn(&T) -> Value) -> Value {
    items.iter().map(each).collect()
}

fn method(method: Method) -> Value {
    method.as_str().into()
}

fn method_if(of: Option<Method>) -> Value {
    of.map_or(Value::Null, method)
}

const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Any => "any",
        Strength::NoRestricted => "no restricted",
    }
}

const fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha512 => "SHA512",
    }
}

impl Account {
    /// All that it keeps of its user, without secrets: an object whose fields have words for names. Times are RFC 3339.
    #[must_use]
    pub fn export(&self) -> Value {
        let Self {
            epoch,
            key: _,
            audit,
            audit_begins,
            written,
            set_back,
            primary,
            last_verified,
            trusted_from,
            factors,
            telephone,
            failures,
            challenges,
            step_ups,
            grants,
            former_phone,
            pending_contacts,
            resets,
            reset_failures,
            known,
            known_failures,
            checks,
            repeats,
            required,
            of_everybody,
            app_generation: _,
            codes_generation: _,
            devices,
            dues,
            asked,
            put_off,
            reminded,
            guesses,
            contact,
            notices,
            repudiation,
            // Of the site, not of its user.
            least: _,
            // Of the request.
            last_named: _,
            temporary_code,
            spent,
            imported,
        } = self;
        let failures_of = |(counted, of): &(Method, Failures)| {
            object([vec![("method", method(*counted))], shown_failures(of)].concat())
        };
        let everybody = of_everybody.map(|OfEverybody { id: _, due }| time(due));
        let networks = known.0.len();
        object(vec![
            ("epoch", (*epoch).into()),
            (
                "events",
                json!({ "written": audit.seq, "since": time_if(audit_begins.at) }),
            ),
            ("written", time(*written)),
            ("times_set_back", (*set_back).into()),
            ("primary_method", method_if(*primary)),
            ("last_verified", time_if(*last_verified)),
            ("may_act_on_others_from", time(*trusted_from)),
            ("factors", list(factors, shown_factor)),
            ("telephone", telephone.as_ref().map(shown_telephone).into()),
            (
                "former_telephone",
                former_phone.as_ref().map(shown_former).into(),
            ),
            ("failures", list(failures, failures_of)),
            (
                "failures_of_password_resets",
                object(shown_failures(reset_failures)),
            ),
            (
                "failures_of_codes_from_known_networks",
                object(shown_failures(known_failures)),
            ),
            ("challenges", shown_challenges(challenges)),
            ("step_ups", shown_challenges(step_ups)),
            ("password_resets", shown_challenges(resets)),
            ("grants", list(&grants.0, shown_grant)),
            ("pending_set_ups", list(&pending_contacts.0, shown_set_up)),
            ("known_networks", networks.into()),
            ("pending_checks", list(&checks.0, shown_check)),
            ("counted_events", list(&repeats.0, shown_repeat)),
            (
                "required_enrolment",
                required.as_ref().map(shown_requirement).into(),
            ),
            ("enrolment_required_of_everybody", everybody.into()),
            ("trusted_devices", shown_record(devices)),
            (
                "asked_by_policy",
                json!({ "days": list(dues, shown_due), "last": shown_asked(*asked) }),
            ),
            ("suggestion_put_off", time_if(*put_off)),
            ("reminded", time_if(*reminded)),
            ("guesses", shown_guesses(guesses)),
            ("contact", contact.as_ref().map(shown_contact).into()),
            ("notices", shown_notices(notices)),
            (
                "temporary_code",
                temporary_code.as_ref().map(shown_temporary).into(),
            ),
            (
                "changes_on_hold",
                repudiation.as_ref().map(shown_hold).into(),
            ),
            ("accepted_codes", list(&spent.0, shown_spent)),
            ("imported", imported.as_ref().map(shown_import).into()),
        ])
    }
}

fn shown_import(record: &ImportRecord) -> Value {
    let ImportRecord {
        at,
        unproven,
        codes,
    } = record;
    let until = codes.map(|ImportedCodes { until, wrong: _ }| until);
    json!({
        "at": time(*at),
        "not_proven": list(unproven, |id| id.to_string().into()),
        "codes_until": time_if(until),
    })
}

fn shown_factor(factor: &Factor) -> Value {
    let Factor {
        id,
        label,
        enrolled_at,
        last_used_at,
        under: _,
        kind,
        is_suspended,
    } = factor;
    let mut shown = vec![
        ("id", id.to_string().into()),
        ("method", method(factor.method())),
        ("label", label.as_str().into()),
        ("enrolled", time(*enrolled_at)),
        ("last_used", time_if(*last_used_at)),
        ("suspended", (*is_suspended).into()),
    ];
    match kind {
        FactorKind::App(app) => shown.push(("app", shown_app(app))),
        FactorKind::Phone(_) => {}
        FactorKind::Email(address) => shown.push(("address", address.as_str().into())),
        FactorKind::BackupCodes(codes) => shown.push(("codes_left", codes.left().into())),
        FactorKind::RecoveryCodes(codes) => shown.push(("codes_left", codes.left().into())),
    }
    object(shown)
}

fn shown_app(app: &AppFactor) -> Value {
    let AppFactor {
        secret,
        last_step: _,
        offset,
        drift,
        drifts: _,
    } = app;
    let (kept, algorithm_of, digits, period) = match secret {
        AppSecret::Sealed(totp) => ("sealed", totp.algorithm(), totp.digits(), totp.period()),
        AppSecret::Derived(DerivedTotp {
            from: _,
            algorithm,
            digits,
            period,
        }) => ("derived", *algorithm, *digits, *period),
    };
    json!({
        "secret": kept,
        "algorithm": algorithm(algorithm_of),
        "digits": digits,
        "period_seconds": period,
        "clock_drift_seconds": drift,
        "clock_learnt_steps": offset,
    })
}

fn shown_recipient(recipient: &Recipient) -> Value {
    let Recipient { locale, email } = recipient;
    json!({ "language": locale, "email": email })
}

fn shown_telephone(phone: &Telephone) -> Value {
    let Telephone {
        number,
        recipient,
        unanswered,
    } = phone;
    json!({
        "number": number,
        "told": shown_recipient(recipient),
        "codes_not_typed_back": unanswered.0,
    })
}

fn shown_former(phone: &FormerPhone) -> Value {
    let FormerPhone {
        number,
        recipient,
        removed,
        is_told,
    } = phone;
    json!({
        "number": number,
        "told": shown_recipient(recipient),
        "removed": time(*removed),
        "told_by_sms": is_told,
    })
}

fn shown_failures(failures: &Failures) -> Vec<(&'static str, Value)> {
    let Failures {
        consecutive,
        recent,
        blocked_until,
        disabled,
    } = failures;
    vec![
        ("in_a_row", (*consecutive).into()),
        ("recent", list(recent, |at| time(*at))),
        ("blocked_until", time_if(*blocked_until)),
        ("disabled", (*disabled).into()),
    ]
}

fn shown_challenges(challenges: &Challenges) -> Value {
    let Challenges { open, opened: _ } = challenges;
    list(open, |challenge| {
        let Challenge {
            id: _,
            purpose,
            opened,
            opener,
            sent,
            proven,
            proven_by,
            demand: _,
            wrong: _,
            outside: _,
        } = challenge;
        json!({
            "purpose": purpose.as_str(),
            "opened": time(*opened),
            "from_known_network": opener.is_known,
            "sent": list(sent, shown_sent),
            "proven": time_if(*proven),
            "proven_by": method_if(*proven_by),
        })
    })
}

fn shown_sent(sent: &Sent) -> Value {
    let Sent {
        method: by,
        codes,
        remote,
        provider,
    } = sent;
    let until =
        |OwnCode {
             hash: _,
             until,
             checks_left,
         }: &OwnCode| { json!({ "until": time(*until), "checks_left": checks_left }) };
    json!({
        "method": method(*by),
        "provider": provider,
        "codes": list(codes, until),
        "codes_of_providers": list(remote, |it| json!({ "provider": it.provider, "until": time(it.until) })),
    })
}

fn shown_grant(grant: &Grant) -> Value {
    let Grant {
        id: _,
        given,
        by,
        policy: _,
    } = grant;
    json!({ "given": time(*given), "method": method(*by) })
}

fn shown_set_up(setup: &PendingContact) -> Value {
    let PendingContact {
        id: _,
        permit: _,
        method: by,
        to,
        recipient,
        opener,
        started,
        wrong,
        sent,
    } = setup;
    json!({
        "method": method(*by),
        "to": to,
        "told": shown_recipient(recipient),
        "from_known_network": opener.is_known,
        "started": time(*started),
        "wrong_codes": wrong,
        "sent": shown_sent(sent),
    })
}

fn shown_check(check: &OpenCheck) -> Value {
    let OpenCheck {
        number: _,
        challenge: _,
        purpose,
        method: by,
        asked,
        charged: _,
        provider,
        ip,
    } = check;
    json!({
        "purpose": purpose.as_str(),
        "method": method(*by),
        "asked": time(*asked),
        "provider": provider,
        "ip": ip,
    })
}

fn shown_repeat(repeat: &Repeat) -> Value {
    let Repeat {
        kind,
        purpose,
        method: by,
        requester,
        began,
        single,
        held,
        since,
        until: _,
        ip,
    } = repeat;
    json!({
        "kind": kind.as_str(),
        "purpose": purpose.map(|it| it.as_str()),
        "method": method_if(*by),
        "requester": requester.as_str(),
        "began": time(*began),
        "written": single,
        "counted": held,
        "since": time(*since),
        "ip": ip,
    })
}

fn shown_requirement(required: &RequiredEnrolment) -> Value {
    let RequiredEnrolment { made, due, former } = required;
    json!({ "made": time(*made), "due": time(*due), "factors_before": former.len() })
}

fn shown_record(devices: &DeviceRecord) -> Value {
    let DeviceRecord {
        ended,
        latest,
        bytes,
        ended_ids: _,
    } = devices;
    let is_kept = !bytes.as_ref().is_empty();
    json!({
        "times_all_were_ended": ended,
        "last_changed": time_if(is_kept.then_some(*latest)),
        "kept": is_kept,
    })
}

fn shown_due(asked: &Due) -> Value {
    let Due {
        strength: of,
        made,
        due,
    } = asked;
    json!({ "strength": strength(*of), "made": time(*made), "due": time(*due) })
}

fn shown_asked(asked: Asked) -> Value {
    let Asked { sign_in, step_up } = asked;
    json!({ "sign_in": sign_in.map(strength), "step_up": step_up.map(strength) })
}

fn shown_guesses(guesses: &Guesses) -> Value {
    let Guesses {
        networks,
        hours,
        password_due,
    } = guesses;
    let hour =
        |HourOfGuesses { hour, count }: &HourOfGuesses| json!({ "hour": hour, "count": count });
    json!({
        "networks": networks.len(),
        "hours": list(hours, hour),
        "new_password_asked_since": time_if(*password_due),
    })
}

fn shown_contact(contact: &Contact) -> Value {
    let Contact {
        name,
        locale,
        email,
        locale_since,
        email_since,
        former_locales,
        former,
    } = contact;
    let before = |it: &Former| {
        let Former {
            value,
            locale,
            lasted,
            until,
        } = it;
        json!({ "value": value, "language": locale, "seconds": lasted, "until": time(*until) })
    };
    json!({
        "name": name,
        "language": locale,
        "language_since": time(*locale_since),
        "email": email,
        "email_since": time(*email_since),
        "former_languages": list(former_locales, before),
        "former": list(former, before),
    })
}

fn shown_notices(notices: &Notices) -> Value {
    let Notices {
        last: _,
        administrators_told,
        open,
        numbers,
        alerts,
    } = notices;
    let alerted = |AlertTurns { kind, seq, turns }: &AlertTurns| json!({ "kind": kind.as_str(), "last_event": seq, "told": list(turns, |at| time(*at)) });
    json!({
        "administrators_told": time_if(*administrators_told),
        "open": list(open, shown_notice),
        "by_sms": list(numbers, shown_number_notice),
        "alerts": list(alerts, alerted),
    })
}

fn shown_number_notice(notice: &NumberNotice) -> Value {
    let NumberNotice {
        number: _,
        kind,
        to,
        locale,
        at,
        tries,
        due,
    } = notice;
    json!({
        "kind": kind.as_str(),
        "to": to,
        "language": locale,
        "at": time(*at),
        "tries": tries,
        "due": time(*due),
    })
}

fn shown_temporary(code: &TemporaryCode) -> Value {
    let TemporaryCode {
        hash: _,
        issued,
        until,
    } = code;
    json!({ "issued": time(*issued), "until": time(*until) })
}

/// That a code was accepted; of the code, and of where it came from, there are keyed hashes, which nobody reads.
fn shown_spent(spent: &SpentCode) -> Value {
    let SpentCode {
        method: of,
        code: _,
        from: _,
        at,
        is_told,
    } = spent;
    json!({ "method": method(*of), "at": time(*at), "shown_elsewhere": is_told })
}

fn shown_hold(said: &Repudiation) -> Value {
    let Repudiation { used: _, hold } = said;
    let hold = hold.map(
        |Hold {
             since,
             codes_before: _,
         }| time(since),
    );
    json!({ "since": hold })
}

fn shown_notice(notice: &Notice) -> Value {
    let Notice {
        number: _,
        kind,
        audience,
        at,
        times,
        changes,
        ip,
        browser,
        locale,
        to,
        has_link: _,
        offered,
        due,
    } = notice;
    let change = |change: &Change| {
        let Change {
            method: by,
            label,
            destination,
            left,
            by: who,
            at,
            ip,
        } = change;
        json!({
            "method": method_if(*by),
            "label": label,
            "destination": destination,
            "codes_left": left,
            "by": who,
            "at": time_if(*at),
            "ip": ip,
        })
    };
    let addressee = |it: &Addressee| {
        let Addressee {
            address,
            locale,
            is_told,
        } = it;
        json!({ "address": address, "language": locale, "told": is_told })
    };
    json!({
        "kind": kind.as_str(),
        "to_administrators": matches!(audience, super::Audience::Administrators),
        "at": time(*at),
        "times": times,
        "changes": list(changes, change),
        "ip": ip,
        "browser": browser.words(),
        "language": locale,
        "to": list(to, addressee),
        "handed_out": offered,
        "due": time_if(*due),
    })
}
