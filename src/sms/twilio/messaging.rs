//! Twilio Messaging (and calls), version 2010-04-01: carries our text to a number.
//!
//! A short message is our text. A WhatsApp message that its reader did not ask for must be a template
//! that was approved beforehand; we give it the code. A call speaks our text, and once more for those who
//! were looking for a pen.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::super::http::{HttpSettings, Reply, allowed};
use super::super::{
    Channel, MessageBody, MessageProvider, NoReport, Post, ProbeError, ProviderRequest, Report,
    SendError, SettingError, Submitted,
};
use super::{Api, ApiLogin, is_sid, not_done, not_reached, not_well, refusal, signature};
use crate::clock::UnixTime;
use crate::i18n::Language;
use crate::json;

/// Twilio's own host.
pub const BASE: &str = "https://api.twilio.com";

/// Longest text, in characters.
const LONGEST_TEXT: usize = 1_600;

/// The accents of other countries that Twilio's plain voice has, in languages we have texts in.
const ACCENTS: [&str; 6] = ["en-GB", "en-AU", "en-CA", "en-IN", "fr-CA", "es-MX"];

/// The plain voice does not speak Hebrew. This one does.
const HEBREW: &str = "Google.he-IL-Standard-A";

/// Who a message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderId {
    /// A number as E.164, a short code, or a name of up to eleven letters and digits.
    From(String),
    /// A messaging service, which chooses: `MG` and 32 hexadecimal digits.
    Service(String),
}

/// How WhatsApp messages are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsApp {
    /// A number as E.164, or a service.
    pub sender: SenderId,
    /// The approved template: `HX` and 32 hexadecimal digits.
    pub template: String,
    /// The name of the template's variable that is the code: `1`.
    pub variable: String,
}

/// What the operator says about Messaging. A way without a sender is not set up.
#[derive(Debug, Clone)]
pub struct MessagingSettings {
    /// Who asks.
    pub login: ApiLogin,
    /// The account: `AC` and 32 hexadecimal digits.
    pub account: String,
    /// Short messages.
    pub sms: Option<SenderId>,
    /// WhatsApp messages.
    pub whatsapp: Option<WhatsApp>,
    /// Calls: the number that calls, as E.164.
    pub voice: Option<String>,
    /// Where Twilio reports what became of a message.
    pub status_callback: Option<String>,
    /// The account's auth token, with which Twilio signs its reports. Needed for them when an API key
    /// asks; else it is the secret.
    pub auth_token: Option<Zeroizing<String>>,
    /// Seconds after which a short message that is still queued is not sent any more, 1 to 36000.
    pub validity: Option<u32>,
    /// Where Twilio is: [`BASE`].
    pub base: String,
    /// How requests are made.
    pub http: HttpSettings,
}

/// Twilio Messaging.
pub struct TwilioMessaging {
    api: Api,
    settings: MessagingSettings,
}

impl fmt::Debug for TwilioMessaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioMessaging")
            .field("channels", &self.channels())
            .finish_non_exhaustive()
    }
}

impl TwilioMessaging {
    /// Looks at the settings; asks nobody.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn new(settings: MessagingSettings) -> Result<Self, SettingError> {
        let wrong = |text: &str| Err(format!("Twilio Messaging: {text}").into());
        if !is_sid(&settings.account, "AC") {
            return wrong("the account must be AC and 32 hexadecimal digits");
        }
        if settings.login.user.starts_with("AC") && settings.login.user != settings.account {
            return wrong("the user is another account; give it the account's own, or an API key");
        }
        match &settings.sms {
            Some(SenderId::From(from)) if !is_e164(from) && !is_short(from) && !is_name(from) => {
                return wrong(
                    "the sender must be a number like +15005550006, a short code, or a name of up to eleven letters and digits",
                );
            }
            Some(SenderId::Service(service)) if !is_sid(service, "MG") => {
                return wrong("the messaging service must be MG and 32 hexadecimal digits");
            }
            _ => {}
        }
        if let Some(whatsapp) = &settings.whatsapp {
            match &whatsapp.sender {
                SenderId::From(from) if !is_e164(from) => {
                    return wrong("the WhatsApp sender must be a number like +15005550006");
                }
                SenderId::Service(service) if !is_sid(service, "MG") => {
                    return wrong("the messaging service must be MG and 32 hexadecimal digits");
                }
                _ => {}
            }
            if !is_sid(&whatsapp.template, "HX") {
                return wrong("the WhatsApp template must be HX and 32 hexadecimal digits");
            }
            let fit = (1..=32).contains(&whatsapp.variable.len());
            let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if !fit || !whatsapp.variable.bytes().all(word) {
                return wrong("the template's variable must be a number or a name");
            }
        }
        if settings.voice.as_deref().is_some_and(|from| !is_e164(from)) {
            return wrong("the number that calls must be one like +15005550006");
        }
        if settings.sms.is_none() && settings.whatsapp.is_none() && settings.voice.is_none() {
            return wrong("it needs a sender for at least one way");
        }
        if settings
            .status_callback
            .as_deref()
            .is_some_and(|url| allowed(url).is_none())
        {
            return wrong("the URL for reports must begin with https://");
        }
        if settings.status_callback.is_some()
            && settings.auth_token.is_none()
            && !settings.login.user.starts_with("AC")
        {
            return wrong(
                "reports are signed with the account's auth token: give it as auth_token, or no URL for reports",
            );
        }
        if let Some(token) = &settings.auth_token {
            if settings.status_callback.is_none() {
                return wrong("the auth token is for reports, and there is no URL for them");
            }
            if settings.login.user.starts_with("AC") && *token != settings.login.secret {
                return wrong("the secret is the auth token already; give it once");
            }
        }
        if settings
            .validity
            .is_some_and(|seconds| !(1..=36_000).contains(&seconds))
        {
            return wrong("the validity must be 1 to 36000 seconds");
        }
        Ok(Self {
            api: Api::new(&settings.login, &settings.base, &settings.http)?,
            settings,
        })
    }

    fn path(&self, rest: &str) -> String {
        format!("/2010-04-01/Accounts/{}/{rest}", self.settings.account)
    }

    fn submit(
        &self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        let settings = &self.settings;
        let mut form = Form::new();
        let (path, sids): (_, &[&str]) = match request.channel {
            Channel::Sms => {
                let sender = settings.sms.as_ref().ok_or_else(not_set_up)?;
                if message.text.chars().count() > LONGEST_TEXT {
                    return Err(SendError::NotSent(
                        "the message is longer than Twilio takes".to_owned(),
                    ));
                }
                form.put("To", request.to.e164());
                form.sender(sender, "");
                form.put("Body", &message.text);
                if let Some(seconds) = settings.validity {
                    form.put("ValidityPeriod", &seconds.to_string());
                }
                ("Messages.json", &["SM", "MM"])
            }
            Channel::WhatsApp => {
                let whatsapp = settings.whatsapp.as_ref().ok_or_else(not_set_up)?;
                form.put("To", &format!("whatsapp:{}", request.to.e164()));
                form.sender(&whatsapp.sender, "whatsapp:");
                form.put("ContentSid", &whatsapp.template);
                form.put(
                    "ContentVariables",
                    &variables(&whatsapp.variable, &message.code),
                );
                ("Messages.json", &["SM", "MM"])
            }
            Channel::Voice => {
                let from = settings.voice.as_ref().ok_or_else(not_set_up)?;
                form.put("To", request.to.e164());
                form.put("From", from);
                form.put("Twiml", &spoken(&message.text, request.locale));
                ("Calls.json", &["CA"])
            }
        };
        if let Some(url) = &settings.status_callback {
            form.put("StatusCallback", url);
        }
        let reply = self.api.post(&self.path(path), &form.pairs())?;
        self.submitted(&reply, form.get("To"), sids)
    }

    /// What Twilio says has become of the message so far.
    fn submitted(&self, reply: &Reply, to: &str, sids: &[&str]) -> Result<Submitted, SendError> {
        #[derive(Deserialize)]
        struct Message {
            sid: String,
            account_sid: String,
            to: String,
            status: String,
            error_code: Option<u32>,
        }
        if reply.status != 201 {
            return Err(not_done(reply));
        }
        let doubtful =
            || SendError::Unknown("Twilio's answer does not fit the question".to_owned());
        let it = json::read(&reply.body)
            .filter(|it: &Message| {
                sids.iter().any(|prefix| is_sid(&it.sid, prefix))
                    && it.account_sid == self.settings.account
                    && it.to == to
            })
            .ok_or_else(doubtful)?;
        match (it.status.as_str(), it.error_code) {
            (
                "queued" | "accepted" | "sending" | "sent" | "delivered" | "initiated" | "ringing"
                | "in-progress" | "completed",
                None,
            ) => Ok(Submitted { id: Some(it.sid) }),
            ("failed" | "undelivered", Some(code)) => Err(SendError::Refused {
                refusal: refusal(reply.status, code),
                retry_after: None,
                detail: format!("Twilio {code}"),
            }),
            _ => Err(doubtful()),
        }
    }
}

impl MessageProvider for TwilioMessaging {
    fn channels(&self) -> Vec<Channel> {
        let settings = &self.settings;
        [
            (Channel::Sms, settings.sms.is_some()),
            (Channel::Voice, settings.voice.is_some()),
            (Channel::WhatsApp, settings.whatsapp.is_some()),
        ]
        .into_iter()
        .filter_map(|(channel, there)| there.then_some(channel))
        .collect()
    }

    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        self.submit(request, message)
    }

    fn report(&self, post: &Post<'_>) -> Result<Report, NoReport> {
        let settings = &self.settings;
        let token = match &settings.auth_token {
            Some(token) => token,
            None if settings.login.user.starts_with("AC") => &settings.login.secret,
            None => return Err(NoReport::NotGenuine),
        };
        let url = settings.status_callback.as_deref();
        signature::report(url.ok_or(NoReport::NotGenuine)?, token, post)
    }

    /// Asks for the latest message: an API key may read that, but not the account.
    fn probe(&mut self, _: UnixTime) -> Result<(), ProbeError> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(rename = "messages")]
            _messages: Vec<IgnoredAny>,
        }
        let reply = self
            .api
            .get(&self.path("Messages.json?PageSize=1"))
            .map_err(not_reached)?;
        if reply.status != 200 {
            return Err(not_well(&reply, "such account"));
        }
        match json::read::<Page>(&reply.body) {
            Some(_) => Ok(()),
            None => Err(ProbeError::Answered(
                "Twilio's answer is not about messages".to_owned(),
            )),
        }
    }
}

fn not_set_up() -> SendError {
    SendError::NotSent("Twilio Messaging is not set up for this way".to_owned())
}

/// The fields of a request, zeroed when it was made.
struct Form(Vec<(&'static str, Zeroizing<String>)>);

impl Form {
    const fn new() -> Self {
        Self(Vec::new())
    }

    fn put(&mut self, name: &'static str, value: &str) {
        self.0.push((name, Zeroizing::new(value.to_owned())));
    }

    fn sender(&mut self, sender: &SenderId, scheme: &str) {
        match sender {
            SenderId::From(from) => self.put("From", &format!("{scheme}{from}")),
            SenderId::Service(service) => self.put("MessagingServiceSid", service),
        }
    }

    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(field, _)| *field == name);
        found.map_or("", |(_, value)| value)
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }
}

/// `{"1":"123456"}`
fn variables(name: &str, code: &str) -> Zeroizing<String> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    Zeroizing::new(format!("{{{}:{}}}", quoted(name), quoted(code)))
}

/// TwiML that speaks a text in the language of a locale, twice.
fn spoken(text: &str, locale: &str) -> Zeroizing<String> {
    // Room for every letter to be one that needs five: growing would leave copies behind.
    let mut escaped = Zeroizing::new(String::with_capacity(text.len().saturating_mul(5)));
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(letter),
        }
    }
    let language = Language::of(locale);
    let accent = ACCENTS
        .iter()
        .find(|accent| accent.eq_ignore_ascii_case(locale));
    let voice = match language {
        Language::Hebrew => format!(r#"he-IL" voice="{HEBREW}"#),
        _ => accent.map_or(language.voice(), |accent| accent).to_owned(),
    };
    let say = Zeroizing::new(format!(r#"<Say language="{voice}">{}</Say>"#, *escaped));
    let pause = r#"<Pause length="1"/>"#;
    Zeroizing::new(format!("<Response>{0}{pause}{0}</Response>", *say))
}

/// `+` and 7 to 15 digits.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

/// A short code: 3 to 8 digits.
fn is_short(text: &str) -> bool {
    (3..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A sender's name: up to eleven letters, digits and spaces, a letter among them.
fn is_name(text: &str) -> bool {
    (1..=11).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.trim() == text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_spoken_twice_and_is_no_markup() {
        let say = r#"<Say language="de-DE">A &amp; B: 0, 1, 9. &lt;/Say&gt;</Say>"#;
        assert_eq!(
            *spoken("A & B: 0, 1, 9. </Say>", "de-AT"),
            format!(r#"<Response>{say}<Pause length="1"/>{say}</Response>"#)
        );
    }

    #[test]
    fn every_language_is_spoken_by_a_voice_of_its_own() {
        for (locale, expected) in [
            ("en-GB", "en-GB"),
            ("EN-gb", "en-GB"),
            ("en-IE", "en-US"),
            ("fr", "fr-FR"),
            ("fr-CA", "fr-CA"),
            ("it_CH", "it-IT"),
            ("he", r#"he-IL" voice="Google.he-IL-Standard-A"#),
            // The text is English then, so the voice is.
            ("nl", "en-US"),
            (r#""><Dial>"#, "en-US"),
            ("", "en-US"),
        ] {
            let twiml = spoken("…", locale);
            let expected = format!(r#"<Response><Say language="{expected}">…</Say>"#);
            assert!(twiml.starts_with(&expected), "{locale}: {}", *twiml);
        }
    }

    #[test]
    fn a_template_gets_the_code_as_json() {
        assert_eq!(*variables("1", "000042"), r#"{"1":"000042"}"#);
        assert_eq!(*variables("a", "\"}\\"), r#"{"a":"\"}\\"}"#);
    }

    #[test]
    fn senders_are_told_apart() {
        for (text, number, short, name) in [
            ("+15005550006", true, false, false),
            ("+05005550006", false, false, false),
            ("+1500555000a", false, false, false),
            ("15005550006", false, false, false),
            ("72345", false, true, false),
            ("12", false, false, false),
            ("My Site 1", false, false, true),
            ("My Site No 1", false, false, false),
            (" Site", false, false, false),
            ("Sité", false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!(
                (is_e164(text), is_short(text), is_name(text)),
                (number, short, name),
                "{text}"
            );
        }
    }
}
