//! Twilio Verify, version 2: makes a code, sends it and checks it.
//!
//! While a verification is pending, another order to the same number sends the same code again: five
//! times at most, within ten minutes, and five checks. So there is one for all who ask, and whoever asks
//! for something else has it cancelled first (`delivery::pending`). A code is checked by the verification it
//! belongs to and never by the number alone, so a code that was asked for elsewhere proves nothing
//! here.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::http::{HttpSettings, Reply};
use super::super::{
    Channel, CheckError, ProbeError, ProviderRequest, SendError, SettingError, Started, Verdict,
    VerificationProvider,
};
use super::{Api, ApiLogin, fault, is_sid, not_done, not_reached, not_well, problem, refusal};
use crate::clock::UnixTime;
use crate::crypto::code::is_digits;
use crate::json;
use crate::phone::PhoneNumber;

/// Twilio's own host.
pub const BASE: &str = "https://verify.twilio.com";

/// Seconds a verification is pending.
const EXPIRES_IN: u64 = 600;

/// The languages Twilio has words in. Another one would be refused; without one it takes that of the
/// number's country.
const LOCALES: &[&str] = &[
    "af", "ar", "ca", "cs", "da", "de", "el", "en", "en-GB", "es", "et", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "kn", "ko", "lt", "mr", "ms", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sv", "te", "th", "tl", "tr", "uk", "vi", "zh", "zh-CN", "zh-HK",
];

/// What the operator says about Verify.
#[derive(Debug, Clone)]
pub struct VerifySettings {
    /// Who asks.
    pub login: ApiLogin,
    /// The service: `VA` and 32 hexadecimal digits.
    pub service: String,
    /// Another service, for numbers that nobody has proven and for resets.
    pub service_unproven: Option<String>,
    /// The ways the service has.
    pub channels: Vec<Channel>,
    /// Where Twilio is: [`BASE`].
    pub base: String,
    /// How requests are made.
    pub http: HttpSettings,
}

/// Twilio Verify.
pub struct TwilioVerify {
    api: Api,
    service: String,
    unproven: Option<String>,
    channels: Vec<Channel>,
}

/// What the name of a verification begins with that is kept in the service of the unproven.
const UNPROVEN: &str = "unproven/";

impl fmt::Debug for TwilioVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioVerify")
            .field("service", &self.service)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// A verification or a check of one: both have these.
#[derive(Deserialize)]
struct Verification {
    sid: String,
    service_sid: String,
    to: String,
    channel: String,
    status: String,
    valid: Option<bool>,
    /// How often it was sent; not told of a check.
    #[serde(default)]
    send_code_attempts: Vec<IgnoredAny>,
}

impl Verification {
    /// Whether it is about the service and the number that was asked about.
    fn is_of(&self, service: &str, to: &PhoneNumber) -> bool {
        self.service_sid == service && self.to == to.e164()
    }
}

fn path(service: &str, rest: &str) -> String {
    format!("/v2/Services/{service}{rest}")
}

impl TwilioVerify {
    /// Looks at the settings; asks nobody.
    ///
    /// # Errors
    /// What is wrong with them, for operators.
    pub fn new(settings: &VerifySettings) -> Result<Self, SettingError> {
        if !is_sid(&settings.service, "VA") {
            return Err("Twilio Verify: the service must be VA and 32 hexadecimal digits".into());
        }
        if let Some(unproven) = &settings.service_unproven {
            if !is_sid(unproven, "VA") {
                return Err("Twilio Verify: the service of the unproven must be VA and 32 hexadecimal digits".into());
            }
            if unproven.eq_ignore_ascii_case(&settings.service) {
                return Err(
                    "Twilio Verify: the service of the unproven must be another one".into(),
                );
            }
        }
        if settings.channels.is_empty() {
            return Err("Twilio Verify: it needs at least one way to send codes".into());
        }
        Ok(Self {
            api: Api::new(&settings.login, &settings.base, &settings.http)?,
            service: settings.service.clone(),
            unproven: settings.service_unproven.clone(),
            channels: settings.channels.clone(),
        })
    }

    /// Service and name of a verification.
    fn place<'a>(&'a self, reference: &'a str) -> Option<(&'a str, &'a str)> {
        let (service, sid) = match reference.strip_prefix(UNPROVEN) {
            Some(sid) => (self.unproven.as_deref()?, sid),
            None => (&*self.service, reference),
        };
        is_sid(sid, "VE").then_some((service, sid))
    }

    fn begin(
        &self,
        service: &str,
        prefix: &str,
        request: &ProviderRequest<'_>,
    ) -> Result<Started, SendError> {
        if !self.channels.contains(&request.channel) {
            return Err(SendError::NotSent(
                "Twilio Verify is not set up for this way".to_owned(),
            ));
        }
        let mut form = vec![
            ("To", request.to.e164()),
            ("Channel", name(request.channel)),
        ];
        form.extend(locale(request.locale).map(|locale| ("Locale", locale)));
        let reply = self.api.post(&path(service, "/Verifications"), &form)?;
        if !matches!(reply.status, 200 | 201) {
            return Err(not_done(&reply));
        }
        let started = json::read(&reply.body).filter(|it: &Verification| {
            is_sid(&it.sid, "VE")
                && it.is_of(service, request.to)
                && it.channel == name(request.channel)
                && it.status == "pending"
                && it.valid != Some(true)
        });
        match started {
            Some(it) => Ok(Started {
                reference: format!("{prefix}{}", it.sid),
                expires_in: EXPIRES_IN,
                resend_after: None,
                again: it.send_code_attempts.len() > 1,
            }),
            None => Err(SendError::Unknown(
                "Twilio's answer does not fit the question".to_owned(),
            )),
        }
    }
}

const CHANNELS: [Channel; 3] = [Channel::Sms, Channel::Voice, Channel::WhatsApp];

const fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => "sms",
        Channel::Voice => "call",
        Channel::WhatsApp => "whatsapp",
    }
}

/// The locale itself, or its language, if Twilio has words in it.
fn locale(wanted: &str) -> Option<&'static str> {
    let known = |wanted: &str| {
        LOCALES
            .iter()
            .find(|locale| locale.eq_ignore_ascii_case(wanted))
            .copied()
    };
    known(wanted).or_else(|| known(wanted.split(['-', '_']).next()?))
}

/// Twilio's word for a verification that was used, has expired or never was.
fn is_over(reply: &Reply) -> bool {
    reply.status == 404 && problem(reply) == Some(20404)
}

/// Whether an error of Twilio's says for certain that nobody has looked at the code: whoever asks is not
/// let in, asks too often, or Twilio cannot work at the moment (RFC 9110 sections 15.5.2 and 15.6.4, RFC
/// 6585 section 4), or it is about the account. The same status on an error page that is not Twilio's
/// says nothing of what is behind it.
fn is_unjudged(status: u16, code: u32) -> bool {
    matches!(status, 401 | 429 | 503)
        || ((400..500).contains(&status) && refusal(status, code).is_the_operators())
}

impl VerificationProvider for TwilioVerify {
    fn channels(&self) -> Vec<Channel> {
        self.channels.clone()
    }

    fn start(&mut self, request: &ProviderRequest<'_>) -> Result<Started, SendError> {
        self.begin(&self.service, "", request)
    }

    fn pool(&self, unproven: bool) -> Option<String> {
        let service = self.unproven.as_deref().filter(|_| unproven);
        Some(format!("twilio/{}", service.unwrap_or(&self.service)))
    }

    fn start_unproven(&mut self, request: &ProviderRequest<'_>) -> Result<Started, SendError> {
        match &self.unproven {
            Some(service) => self.begin(service, UNPROVEN, request),
            None => self.start(request),
        }
    }

    fn cancel(&mut self, reference: &str) -> Result<(), SendError> {
        let (service, sid) = self
            .place(reference)
            .ok_or_else(|| SendError::NotSent("not a verification of Twilio's".to_owned()))?;
        let rest = format!("/Verifications/{sid}");
        let reply = self
            .api
            .post(&path(service, &rest), &[("Status", "canceled")])?;
        if is_over(&reply) {
            return Ok(());
        }
        if reply.status != 200 {
            return Err(not_done(&reply));
        }
        match json::read(&reply.body) {
            Some(Verification {
                sid: it, status, ..
            }) if it == sid && status == "canceled" => Ok(()),
            _ => Err(SendError::Unknown(
                "Twilio's answer does not fit the question".to_owned(),
            )),
        }
    }

    fn check(
        &mut self,
        request: &ProviderRequest<'_>,
        reference: &str,
        code: &str,
    ) -> Result<Verdict, CheckError> {
        let (service, reference) = self
            .place(reference)
            .ok_or_else(|| CheckError::NotAsked("not a verification of Twilio's".to_owned()))?;
        // Nothing else can be a code.
        if !is_digits(code) {
            return Ok(Verdict::Wrong);
        }
        let form = [("VerificationSid", reference), ("Code", code)];
        let reply = self.api.post(&path(service, "/VerificationCheck"), &form)?;
        if is_over(&reply) || (reply.status == 429 && problem(&reply) == Some(60202)) {
            return Ok(Verdict::Over);
        }
        if !matches!(reply.status, 200 | 201) {
            let code = fault(&reply);
            let why = match code {
                Some(code) => format!("Twilio answered HTTP {} ({code})", reply.status),
                None => format!("Twilio answered HTTP {}", reply.status),
            };
            let unjudged = code.is_some_and(|code| is_unjudged(reply.status, code));
            return Err(if unjudged {
                CheckError::NotAsked(why)
            } else {
                CheckError::NoAnswer(why)
            });
        }
        let doubtful =
            || CheckError::NoAnswer("Twilio's answer does not fit the question".to_owned());
        let it = json::read(&reply.body)
            // The same verification may have gone out another way as well: Twilio names the last one.
            .filter(|it: &Verification| {
                it.sid == reference
                    && it.is_of(service, request.to)
                    && CHANNELS.iter().any(|way| it.channel == name(*way))
            })
            .ok_or_else(doubtful)?;
        match (it.status.as_str(), it.valid) {
            ("approved", Some(true) | None) => Ok(Verdict::Approved),
            ("pending", Some(false) | None) => Ok(Verdict::Wrong),
            (
                "canceled" | "max_attempts_reached" | "deleted" | "failed" | "expired",
                Some(false) | None,
            ) => Ok(Verdict::Over),
            _ => Err(doubtful()),
        }
    }

    fn probe(&mut self, _: UnixTime) -> Result<(), ProbeError> {
        #[derive(Deserialize)]
        struct Service {
            sid: String,
        }
        for service in [Some(&self.service), self.unproven.as_ref()]
            .into_iter()
            .flatten()
        {
            let reply = self.api.get(&path(service, "")).map_err(not_reached)?;
            if reply.status != 200 {
                return Err(not_well(&reply, "such Verify service"));
            }
            match json::read(&reply.body) {
                Some(Service { sid }) if sid == *service => {}
                _ => {
                    return Err(ProbeError::Answered(
                        "Twilio's answer is not about this service".to_owned(),
                    ));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_asked_for_only_if_it_is_there() {
        for (wanted, expected) in [
            ("de", Some("de")),
            ("de-AT", Some("de")),
            ("de_AT", Some("de")),
            ("EN-gb", Some("en-GB")),
            ("en-IE", Some("en")),
            ("pt-BR", Some("pt-BR")),
            ("gsw", None),
            ("d", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(locale(wanted), expected, "{wanted}");
        }
    }
}
