//! Amazon SNS: carries our text as an SMS (`Publish`, API version 2010-03-31).
//!
//! SNS takes a message for somebody who wants none without a word, so it is asked about a number that is
//! new ([`MessageProvider::send_if_wanted`]), and about one whose owner has typed no code back lately
//! ([`MessageProvider::send_after_asking`]). Only a throttled request is documented as not processed: it is
//! made once more after a moment, and may then go elsewhere. After every other failure it is either
//! refused or perhaps sent.

pub(super) mod schema;
mod sign;
mod xml;

use std::fmt;
use std::time::Instant;

use zeroize::Zeroizing;

use super::http::{Http, HttpError, HttpSettings, Reply, Request, Verb, base, form};
use super::{
    Channel, MessageBody, MessageProvider, ProbeError, ProviderRequest, Refusal, SendError,
    SettingError, Submitted, pause,
};
use crate::clock::UnixTime;
use crate::crypto::OsEntropy;
use crate::phone::PhoneNumber;
use sign::Signer;
use xml::Leaves;

/// Longest message that SNS takes, in bytes.
const LONGEST_TEXT: usize = 1_600;

const FORM: &str = "application/x-www-form-urlencoded";

/// What the operator says about SNS. Redacts itself.
#[derive(Clone)]
pub struct SnsSettings {
    /// Access key id, `AKIA…`, or `ASIA…` with a session token.
    pub access_key: Zeroizing<String>,
    /// Its secret.
    pub secret: Zeroizing<String>,
    /// The token of temporary credentials.
    pub session_token: Option<Zeroizing<String>>,
    /// `eu-central-1`
    pub region: String,
    /// Where SNS is: scheme, host and perhaps a port. `None`: `https://sns.{region}.amazonaws.com/`.
    pub endpoint: Option<String>,
    /// The sender that is shown, where the country allows it: 1 to 11 letters, digits and dashes.
    pub sender_id: Option<String>,
    /// Most that one message may cost, in US dollars: `0.25`.
    pub max_price: Option<String>,
    /// How requests are made.
    pub http: HttpSettings,
}

impl fmt::Debug for SnsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnsSettings")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Amazon SNS. Redacts itself.
pub struct Sns {
    settings: SnsSettings,
    url: String,
    host: String,
    http: Http,
}

impl fmt::Debug for Sns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sns")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl Sns {
    /// Checks the settings; asks nobody.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn new(settings: SnsSettings) -> Result<Self, SettingError> {
        if !is_token(&settings.access_key, 16..=128, |c| {
            c.is_ascii_alphanumeric()
        }) {
            return Err("the access key id must be 16 to 128 letters and digits".into());
        }
        if !is_token(&settings.secret, 16..=sign::LONGEST_SECRET, is_visible) {
            return Err("the secret access key must be 16 to 60 visible letters".into());
        }
        if let Some(token) = &settings.session_token
            && !is_token(token, 1..=4_096, is_visible)
        {
            return Err("the session token must be 1 to 4096 visible letters".into());
        }
        if !is_region(&settings.region) {
            return Err("the region must be one of AWS's, like us-east-1".into());
        }
        if let Some(sender) = &settings.sender_id
            && !is_sender(sender)
        {
            return Err(
                "the sender id must be 1 to 11 letters, digits and dashes, a letter among them"
                    .into(),
            );
        }
        if let Some(price) = &settings.max_price
            && !is_price(price)
        {
            return Err("the highest price must be in dollars, like 0.25".into());
        }
        let (url, host) = match &settings.endpoint {
            None => {
                let host = format!("sns.{}.amazonaws.com", settings.region);
                (format!("https://{host}/"), host)
            }
            Some(endpoint) => endpoint_of(endpoint)?,
        };
        let http = Http::new(&settings.http)?;
        Ok(Self {
            settings,
            url,
            host,
            http,
        })
    }

    /// Asks, and once more if the first time was throttled. Every reply but a 200 is an error.
    fn ask(
        &self,
        action: &[(&str, &str)],
        now: UnixTime,
        deadline: Instant,
    ) -> Result<Reply, SendError> {
        let mut pairs = action.to_vec();
        pairs.push(("Version", "2010-03-31"));
        let body = Zeroizing::new(form(&pairs));
        let date = sign::date(now);
        let mut headers = vec![
            ("content-type", FORM),
            ("host", &*self.host),
            ("x-amz-date", &date),
        ];
        if let Some(token) = &self.settings.session_token {
            headers.push(("x-amz-security-token", token));
        }
        let signer = Signer {
            access_key: &self.settings.access_key,
            secret: &self.settings.secret,
            region: &self.settings.region,
            service: "sns",
        };
        let authorization = signer.authorization(&headers, body.as_bytes(), now);
        headers.push(("authorization", &authorization));
        let request = Request {
            verb: Verb::Post,
            url: &self.url,
            headers: &headers,
            body: body.as_bytes(),
        };
        let again = |first: &Result<Reply, HttpError>| {
            let reply = first.as_ref().ok()?;
            let (_, Meaning::Throttled) = fault(reply)? else {
                return None;
            };
            pause::before(0, pause::asked_for(reply), &mut OsEntropy)
                .ok()
                .flatten()
        };
        let reply = self.http.call_once_more_until(&request, deadline, again);
        match reply {
            Ok(reply) if reply.status == 200 => Ok(reply),
            Ok(reply) => Err(meant(fault(&reply), reply.status)),
            Err(HttpError::Unsent(why)) => Err(SendError::Unreached(format!("AWS SNS: {why}"))),
            Err(HttpError::Proxy(failure)) => Err(SendError::Proxy(failure)),
            Err(HttpError::Unanswered(why)) => Err(SendError::Unknown(format!("AWS SNS: {why}"))),
        }
    }

    fn publish(
        &self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
        deadline: Instant,
    ) -> Result<Submitted, SendError> {
        if request.channel != Channel::Sms {
            return Err(SendError::NotSent("AWS SNS carries SMS only".to_owned()));
        }
        if message.text.is_empty() || message.text.len() > LONGEST_TEXT {
            return Err(SendError::NotSent(
                "AWS SNS takes messages of 1 to 1600 bytes".to_owned(),
            ));
        }
        let mut attributes = vec![("AWS.SNS.SMS.SMSType", "String", "Transactional")];
        if let Some(sender) = &self.settings.sender_id {
            attributes.push(("AWS.SNS.SMS.SenderID", "String", sender));
        }
        if let Some(price) = &self.settings.max_price {
            attributes.push(("AWS.SNS.SMS.MaxPrice", "Number", price));
        }
        let named: Vec<([String; 3], [&str; 3])> = (1..)
            .zip(attributes)
            .map(|(n, (name, kind, value))| {
                let parts = ["Name", "Value.DataType", "Value.StringValue"];
                let key = |part| format!("MessageAttributes.entry.{n}.{part}");
                (parts.map(key), [name, kind, value])
            })
            .collect();
        let mut action = vec![
            ("Action", "Publish"),
            ("PhoneNumber", request.to.e164()),
            ("Message", &message.text),
        ];
        for (keys, values) in &named {
            action.extend(keys.iter().map(String::as_str).zip(values.iter().copied()));
        }

        let reply = self.ask(&action, request.now, deadline)?;
        let xml = document(&reply);
        let id = xml
            .as_ref()
            .and_then(|xml| xml.only("PublishResponse/PublishResult/MessageId"))
            .filter(|id| is_token(id, 1..=100, |c| c.is_ascii_alphanumeric() || c == '-'));
        match id {
            Some(id) => Ok(Submitted {
                id: Some(id.to_owned()),
            }),
            None => Err(SendError::Unknown(
                "AWS SNS did not name the message".to_owned(),
            )),
        }
    }

    /// Whether the owner of a number wants no messages: SNS takes them and drops them then.
    ///
    /// # Errors
    /// It is not known: [`SendError`], as if it had been a message.
    pub fn opted_out(&self, number: &PhoneNumber, now: UnixTime) -> Result<bool, SendError> {
        self.has_opted_out(number, now, self.http.deadline())
    }

    fn has_opted_out(
        &self,
        number: &PhoneNumber,
        now: UnixTime,
        deadline: Instant,
    ) -> Result<bool, SendError> {
        let reply = self.ask(
            &[
                ("Action", "CheckIfPhoneNumberIsOptedOut"),
                ("phoneNumber", number.e164()),
            ],
            now,
            deadline,
        )?;
        const RESULT: &str =
            "CheckIfPhoneNumberIsOptedOutResponse/CheckIfPhoneNumberIsOptedOutResult/isOptedOut";
        match document(&reply).as_ref().and_then(|xml| xml.only(RESULT)) {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(SendError::Unknown(
                "AWS SNS answered something else".to_owned(),
            )),
        }
    }
}

impl MessageProvider for Sns {
    fn channels(&self) -> Vec<Channel> {
        vec![Channel::Sms]
    }

    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        self.publish(request, message, self.http.deadline())
    }

    fn send_if_wanted(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let deadline = self.http.deadline();
        match self.has_opted_out(request.to, request.now, deadline) {
            Ok(false) => self.publish(request, message, deadline),
            Ok(true) => Err(opted_out()),
            // A question about the number sends no message, so an unknown outcome is certainly unsent.
            Err(SendError::Unknown(why)) => Err(SendError::NotSent(why)),
            Err(error) => Err(error),
        }
    }

    fn drops_messages(&self) -> bool {
        true
    }

    fn send_after_asking(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let deadline = self.http.deadline();
        match self.has_opted_out(request.to, request.now, self.http.half_deadline()) {
            Ok(true) => Err(opted_out()),
            Ok(false) | Err(_) => self.publish(request, message, deadline),
        }
    }

    /// Reads the account's SMS settings.
    fn probe(&mut self, now: UnixTime) -> Result<(), ProbeError> {
        let reply = self
            .ask(&[("Action", "GetSMSAttributes")], now, self.http.deadline())
            .map_err(|error| match error {
                SendError::Refused { detail, .. } => ProbeError::Answered(format!(
                    "AWS refuses ({detail}): check the key, its secret, the region and this \
                     machine's clock, and let the key's policy allow sns:Publish, \
                     sns:GetSMSAttributes and sns:CheckIfPhoneNumberIsOptedOut"
                )),
                SendError::NotSent(why) | SendError::Unreached(why) | SendError::Unknown(why) => {
                    ProbeError::Answered(why)
                }
                SendError::Proxy(failure) => ProbeError::other(failure),
            })?;
        match document(&reply) {
            Some(xml) if xml.has("GetSMSAttributesResponse/GetSMSAttributesResult") => Ok(()),
            _ => Err(ProbeError::Answered(
                "what answers there is not AWS SNS; check the endpoint".to_owned(),
            )),
        }
    }
}

/// SNS would take the message and drop it.
fn opted_out() -> SendError {
    SendError::Refused {
        refusal: Refusal::OptedOut,
        retry_after: None,
        detail: "AWS SNS: asked beforehand".to_owned(),
    }
}

/// What an error of SNS means for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Documented as not processed.
    Throttled,
    Refused(Refusal),
}

/// Documented as not processed: of `Publish`, of a request in general, of a key that SNS uses.
const THROTTLED: &[&str] = &[
    "Throttled",
    "Throttling",
    "ThrottlingException",
    "KMSThrottling",
];

/// The errors of `Publish`, `CheckIfPhoneNumberIsOptedOut` and `GetSMSAttributes` ([SNS: actions]), and
/// those that every AWS service has ([SNS: common errors]). Only with a status of 400 to 499; an error on
/// AWS's side may come after the message went out. Every other code is a refusal as well, and what it is
/// about is not known.
///
/// [SNS: actions]: https://docs.aws.amazon.com/sns/latest/api/API_Operations.html
/// [SNS: common errors]: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
const REFUSED: &[(Refusal, &[&str])] = &[
    (Refusal::Number, &["InvalidParameter"]),
    (Refusal::OptedOut, &["OptedOut"]),
    (
        Refusal::Credentials,
        &[
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "MissingAuthenticationToken",
            "RequestExpired",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidSecurity",
        ],
    ),
    (
        Refusal::Account,
        &[
            "AuthorizationError",
            "AccessDenied",
            "AccessDeniedException",
            "NotAuthorized",
            "OptInRequired",
            "KMSAccessDenied",
            "KMSDisabled",
            "KMSInvalidState",
            "KMSNotFound",
            "KMSOptInRequired",
        ],
    ),
    (
        Refusal::Sender,
        &[
            "ParameterValueInvalid",
            "InvalidParameterValue",
            "InvalidParameterCombination",
            "InvalidQueryParameter",
            "MalformedQueryString",
            "MissingParameter",
            "MissingAction",
            "InvalidAction",
            "ValidationException",
            "ValidationError",
            "UserError",
            "NotFound",
            "ResourceNotFound",
            "EndpointDisabled",
            "PlatformApplicationDisabled",
        ],
    ),
];

/// The error in a reply, if it has the form of one, and what it means.
fn fault(reply: &Reply) -> Option<(String, Meaning)> {
    if !(400..500).contains(&reply.status) {
        return None;
    }
    let xml = document(reply)?;
    let code = xml
        .only("ErrorResponse/Error/Code")
        .or_else(|| xml.only("ErrorResponse/Errors/Error/Code"))?;
    if !is_token(code, 1..=64, |c| c.is_ascii_alphanumeric() || c == '.') {
        return None;
    }
    let known = REFUSED.iter().find(|(_, codes)| codes.contains(&code));
    let meaning = if THROTTLED.contains(&code) {
        Meaning::Throttled
    } else {
        Meaning::Refused(known.map_or(Refusal::of_unlisted(reply.status), |(it, _)| *it))
    };
    Some((code.to_owned(), meaning))
}

/// AWS's own words stay behind: they repeat the number.
fn meant(fault: Option<(String, Meaning)>, status: u16) -> SendError {
    match fault {
        Some((code, Meaning::Refused(refusal))) => SendError::Refused {
            refusal,
            retry_after: None,
            detail: format!("AWS SNS: {code}"),
        },
        Some((code, Meaning::Throttled)) => SendError::NotSent(format!("AWS SNS: {code}")),
        None => SendError::Unknown(format!("AWS SNS answered with status {status}")),
    }
}

fn document(reply: &Reply) -> Option<Leaves> {
    Leaves::read(std::str::from_utf8(&reply.body).ok()?)
}

/// The URL and what is signed as its host. SNS has no path but `/`, which is what is signed.
fn endpoint_of(endpoint: &str) -> Result<(String, String), SettingError> {
    const WRONG: &str = "the endpoint must be https://, a host in small letters, perhaps a port other \
                         than the usual one, and nothing more";
    let base = base(endpoint).map_err(|_| WRONG)?;
    let (scheme, host) = base.split_once("://").ok_or(WRONG)?;
    // The signed Host header must be the URL's, byte for byte: HTTP clients lower its case and drop the usual port.
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let plain = |c: char| !c.is_ascii_uppercase() && c.is_ascii_graphic();
    if !is_token(host, 1..=255, plain) || host.ends_with(usual) {
        return Err(WRONG.into());
    }
    Ok((format!("{base}/"), host.to_owned()))
}

fn is_token(
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    letter: impl Fn(char) -> bool,
) -> bool {
    lengths.contains(&text.len()) && text.chars().all(letter)
}

const fn is_visible(c: char) -> bool {
    c.is_ascii_graphic()
}

/// `eu-central-1`, `us-gov-west-1`: words of small letters and a number, joined by dashes.
fn is_region(region: &str) -> bool {
    let words: Vec<&str> = region.split('-').collect();
    let Some((number, words)) = words.split_last() else {
        return false;
    };
    is_token(number, 1..=2, |c| c.is_ascii_digit())
        && (2..=4).contains(&words.len())
        && words
            .iter()
            .all(|word| is_token(word, 2..=16, |c| c.is_ascii_lowercase()))
}

fn is_sender(sender: &str) -> bool {
    is_token(sender, 1..=11, |c| c.is_ascii_alphanumeric() || c == '-')
        && sender.contains(|c: char| c.is_ascii_alphabetic())
        && !sender.starts_with('-')
        && !sender.ends_with('-')
}

fn is_price(price: &str) -> bool {
    let (whole, part) = price.split_once('.').unwrap_or((price, "0"));
    let digits = |text, longest| is_token(text, 1..=longest, |c: char| c.is_ascii_digit());
    digits(whole, 3) && digits(part, 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> SnsSettings {
        SnsSettings {
            access_key: "AKIDEXAMPLE00000".to_owned().into(),
            secret: "canary-of-the-secret-0000".to_owned().into(),
            session_token: Some("canary-of-the-token".to_owned().into()),
            region: "eu-central-1".to_owned(),
            endpoint: None,
            sender_id: None,
            max_price: None,
            http: HttpSettings::default(),
        }
    }

    fn with(change: impl FnOnce(&mut SnsSettings)) -> Result<Sns, SettingError> {
        let mut settings = settings();
        change(&mut settings);
        Sns::new(settings)
    }

    #[test]
    fn the_endpoint_is_that_of_the_region_unless_another_is_named() {
        assert_eq!(
            with(|_| ()).unwrap().url,
            "https://sns.eu-central-1.amazonaws.com/"
        );
        for endpoint in ["https://sns.example:8443", "https://sns.example:8443/"] {
            let sns = with(|s| s.endpoint = Some(endpoint.to_owned())).unwrap();
            assert_eq!(
                (&*sns.url, &*sns.host),
                ("https://sns.example:8443/", "sns.example:8443")
            );
        }
    }

    #[test]
    fn a_wrong_setting_is_an_error_that_does_not_repeat_it() {
        type Change = (&'static str, fn(&mut SnsSettings, String));
        let changes: &[(Change, &[&str])] = &[
            (
                ("access key", |s, v| s.access_key = v.into()),
                &["", "AKID", "AKIDEXAMPLE0000/", "AKIDEXAMPLE0000\n"],
            ),
            (
                ("secret", |s, v| s.secret = v.into()),
                &["", "short", "with a space in it 0000", "ünicode-0000000000"],
            ),
            (
                ("token", |s, v| s.session_token = Some(v.into())),
                &["", "a b", "a\r\nx: y"],
            ),
            (
                ("region", |s, v| s.region = v),
                &[
                    "",
                    "eu",
                    "eu-1",
                    "eu-central",
                    "EU-central-1",
                    "eu-central-1.evil",
                    "eu-central-1/",
                    "eu-central-1@x",
                ],
            ),
            (
                ("endpoint", |s, v| s.endpoint = Some(v)),
                &[
                    "",
                    "sns.example",
                    "ftp://sns.example",
                    "https://",
                    "https://a/b",
                    "https://a?b",
                    "https://a:443",
                    "https://u@a",
                    "https://a b",
                ],
            ),
            (
                ("sender", |s, v| s.sender_id = Some(v)),
                &["", "123456", "twelveletter", "a b", "-ab", "ü"],
            ),
            (
                ("price", |s, v| s.max_price = Some(v)),
                &["", "1,5", "-1", "1e9", ".5", "1.", "1000", "$1"],
            ),
        ];
        for ((name, change), values) in changes {
            for value in *values {
                let error = with(|s| change(s, (*value).to_owned()))
                    .unwrap_err()
                    .to_string();
                assert!(error.contains(name), "{name} {value}: {error}");
                assert!(value.len() < 9 || !error.contains(value), "{error}");
            }
        }
        for (sender, price) in [
            ("Example", "0.25"),
            ("A-1", "1"),
            ("12345678901a".get(1..).unwrap(), "0.00645"),
        ] {
            let made = with(|s| {
                s.sender_id = Some(sender.to_owned());
                s.max_price = Some(price.to_owned());
            });
            assert!(made.is_ok(), "{sender} {price}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?} {:?}", settings(), with(|_| ()).unwrap());
        assert!(
            !shown.contains("canary") && !shown.contains("AKID"),
            "{shown}"
        );
    }
}
