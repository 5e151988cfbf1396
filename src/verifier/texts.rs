//! The texts of messages that a site has of its own.

use super::error::Misconfiguration;
use super::{Error, Operator, Verifier};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::delivery::text::{self, MessageTemplate, MessageValues, OwnTexts, TextError};
use crate::i18n::Language;
use crate::sms::{Channel, Coding, MessageBody};
use crate::types::{Method, Purpose, Requester};

/// Digits of an example.
const DIGITS: &str = "1234567890";

/// What messages of one way say in one language.
#[derive(Debug, Clone)]
pub struct MessageText {
    /// The way.
    pub method: Method,
    /// The language, ISO 639-1.
    pub language: &'static str,
    /// The site's own; `None`: ours.
    pub text: Option<String>,
    /// Ours for a sign-in, as one that a site could start its own from.
    pub standard: String,
    /// Somebody with a proof that counts stands for it, or the server; or else ours is sent.
    pub confirmed: bool,
}

/// A message as it would be sent, and what it costs at most.
#[derive(Debug, Clone)]
pub struct MessagePreview {
    /// With the site's name and an example of a code.
    pub text: String,
    /// Parts that are paid for; one of a call.
    pub parts: usize,
    /// Letters as they are counted: septets or units of UTF-16; of a call characters.
    pub characters: usize,
    /// How it goes through the air; `None`: it is spoken.
    pub coding: Option<Coding>,
    /// Why it cannot be a site's own; then nothing else is said.
    pub problem: Option<TextError>,
}

fn channel_of(method: Method) -> Result<Channel, Error> {
    Channel::of(method).ok_or_else(|| {
        Error::invalid(
            "method",
            "must be Method::Sms, Method::Voice or Method::WhatsApp",
        )
    })
}

fn language_of(tag: &str) -> Result<Language, Error> {
    let all = Language::ALL.into_iter();
    all.clone()
        .find(|language| language.tag() == tag)
        .ok_or_else(|| {
            let tags: Vec<_> = all.map(Language::tag).collect();
            Error::invalid("language", format!("must be one of {}", tags.join(", ")))
        })
}

impl Verifier {
    /// What messages say, by way and language.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the site's own do not open; [`Error::Unavailable`]
    pub fn message_texts(&self, now: UnixTime) -> Result<Vec<MessageText>, Error> {
        let own = OwnTexts::read(&self.rows, now)?;
        if let Some(why) = own.unreadable() {
            return Err(Misconfiguration::Texts(why).into());
        }
        let mut texts = Vec::new();
        for channel in Channel::ALL {
            for language in Language::ALL {
                let found = own.get(channel, language);
                texts.push(MessageText {
                    method: channel.into(),
                    language: language.tag(),
                    text: found.map(|own| own.text.clone()),
                    standard: text::sample(channel, language),
                    confirmed: found.is_none_or(text::OwnText::is_confirmed),
                });
            }
        }
        Ok(texts)
    }

    /// Gives messages of one way and language a text of the site's own; `None`: ours.
    ///
    /// # Errors
    /// [`Denied::StepUpRequired`](crate::account::Denied::StepUpRequired) and
    /// [`Denied::TooRecent`](crate::account::Denied::TooRecent) of an operator who may not act for all;
    /// [`Error::Invalid`] for a text that may not be one, [`Error::Unavailable`]
    pub fn set_message_text(
        &self,
        now: UnixTime,
        method: Method,
        language: &str,
        text: Option<&str>,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (channel, language) = (channel_of(method)?, language_of(language)?);
        let text = text.map(str::trim);
        if let Some(text) = text {
            self.template(channel, language, text)
                .map_err(|why| Error::invalid("text", why.to_string()))?;
        }
        let (by, authority) = self.operator_of_all(now, operator)?;
        let is_unproven = operator.must_be_confirmed(authority);
        let own = OwnTexts::read(&self.rows, now)?;
        let before = own.get(channel, language);
        let is_same = before.map(|own| own.text.as_str()) == text;
        if is_same && (is_unproven || before.is_none_or(text::OwnText::is_confirmed)) {
            return Ok(());
        }
        let kind = match text {
            Some(_) => EventKind::TextChanged,
            None => EventKind::TextRemoved,
        };
        let what = [language.tag(), ": ", text.unwrap_or("-")].concat();
        let event = Event::new(kind, Requester::Operator).method(method);
        let event = event.by(by, &what).authority(authority);
        let source = self.source_if(operator.client());
        // Before the change: what cannot be noted does not happen.
        self.note_for_providers(now, &source, &event)?;
        let named_by = is_unproven.then_some(by);
        let text = text.map(|text| (text, named_by));
        Ok(OwnTexts::set(&self.rows, now, channel, language, text)?)
    }

    /// Shows a message as it would be sent, and counts it with the longest name and code. Without a text: ours.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another method or language
    pub fn preview_message_text(
        &self,
        method: Method,
        language: &str,
        text: Option<&str>,
    ) -> Result<MessagePreview, Error> {
        let (channel, language) = (channel_of(method)?, language_of(language)?);
        let policy = self.config.policy();
        let digits = usize::from(policy.code_digits);
        let values = MessageValues {
            site: self.config.issuer(),
            code: DIGITS.get(..digits).unwrap_or(DIGITS),
            minutes: policy.code_seconds(Purpose::Login) / 60,
            host: self.config.webotp_host(),
        };
        let Some(text) = text else {
            let body = ours(channel, language, &values);
            let coding = (channel != Channel::Voice).then(|| Coding::of(&body.text));
            let characters = |coding: Coding| coding.measure(&body.text);
            return Ok(MessagePreview {
                parts: coding.map_or(1, |coding| coding.parts(&body.text)),
                characters: coding.map_or_else(|| body.text.chars().count(), characters),
                coding,
                problem: None,
                text: body.text.to_string(),
            });
        };
        Ok(match self.template(channel, language, text) {
            Ok((template, size)) => MessagePreview {
                text: template
                    .body(channel, language, &values)
                    .map_or_else(String::new, |body| body.text.to_string()),
                parts: size.parts,
                characters: size.characters,
                coding: size.coding,
                problem: None,
            },
            Err(problem) => MessagePreview {
                text: String::new(),
                parts: 0,
                characters: 0,
                coding: None,
                problem: Some(problem),
            },
        })
    }

    fn template(
        &self,
        channel: Channel,
        language: Language,
        text: &str,
    ) -> Result<(MessageTemplate, text::Size), TextError> {
        let template = MessageTemplate::parse(text)?;
        let size = template.size(channel, language, self.config.webotp_host())?;
        Ok((template, size))
    }
}

fn ours(channel: Channel, language: Language, values: &MessageValues<'_>) -> MessageBody {
    let (tag, purpose) = (language.tag(), Purpose::Login);
    match channel {
        Channel::Voice => text::spoken_code(tag, values.site, values.code, purpose),
        Channel::Sms | Channel::WhatsApp => text::code_message(
            tag,
            values.site,
            values.code,
            purpose,
            values.host,
            values.minutes,
        ),
    }
}
