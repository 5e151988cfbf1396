//! The texts of messages that a site has of its own.

use super::error::Misconfiguration;
use super::{Error, Operator, Verifier};
use crate::account::{Contact, Notice};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::delivery::text::{self, MessageTemplate, MessageValues, NumberTemplate};
use crate::i18n::Language;
use crate::mail::Mail;
use crate::notice::{self, OwnNotice, language_of as language_of_notice};
use crate::sms::{Channel, Coding, MessageBody};
use crate::texts::{
    NoticeTemplate, NoticeTextError, OwnText, OwnTexts, Placeholder, TextError, TextField, TextsOf,
};
use crate::types::{Method, Purpose, Requester, SmsNotice, UserId};

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

/// What people are told of one thing in one language.
#[derive(Debug, Clone)]
pub struct NoticeText {
    /// Of what: a name.
    pub kind: String,
    /// The same in words, for whoever asks, where it is one kind of notice.
    pub title: Option<&'static str>,
    /// The subject of the site's own; `None`: ours.
    pub subject: Option<String>,
    /// The site's own; `None`: ours.
    pub text: Option<String>,
    /// A subject that a site could start its own from; `None`: there is none, for it is no mail.
    pub standard_subject: Option<String>,
    /// A text that a site could start its own from.
    pub standard: String,
    /// What may stand in it between braces.
    pub placeholders: Vec<&'static str>,
    /// Somebody with a proof that counts stands for it, or the server; or else ours is sent.
    pub confirmed: bool,
}

/// What people would be told, and what it costs where it is an SMS.
#[derive(Debug, Clone, Default)]
pub struct NoticePreview {
    /// The subject; empty of an SMS.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// What an SMS costs at most.
    pub size: Option<text::Size>,
    /// Why it cannot be a site's own, and what of it; then nothing else is said.
    pub problem: Option<NoticeTextError>,
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
        let own = OwnTexts::read(&self.rows, now, TextsOf::Codes)?;
        if let Some(why) = own.unreadable() {
            return Err(Misconfiguration::Texts(why).into());
        }
        let mut texts = Vec::new();
        for channel in Channel::ALL {
            for language in Language::ALL {
                let found = own.get(channel.word(), language);
                texts.push(MessageText {
                    method: channel.into(),
                    language: language.tag(),
                    text: found.map(|own| own.text.clone()),
                    standard: text::sample(channel, language),
                    confirmed: found.is_none_or(OwnText::is_confirmed),
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
        let event = |kind| {
            let what = [language.tag(), ": ", text.unwrap_or("-")].concat();
            (Event::new(kind, Requester::Operator).method(method), what)
        };
        let own = text.map(|text| (None, text));
        let of = (channel.word(), language);
        self.keep_text(now, TextsOf::Codes, of, own, &event, operator)
    }

    /// Keeps a text, its subject and itself, that was found good; `None`: ours again.
    fn keep_text(
        &self,
        now: UnixTime,
        texts: TextsOf,
        (of, language): (&str, Language),
        text: Option<(Option<&str>, &str)>,
        event: &dyn Fn(EventKind) -> (Event, String),
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (by, authority) = self.operator_of_all(now, operator)?;
        let is_unproven = operator.must_be_confirmed(authority);
        let own = OwnTexts::read(&self.rows, now, texts)?;
        let before = own.get(of, language);
        let is_same = before.map(|own| (own.subject.as_deref(), own.text.as_str())) == text;
        if is_same && (is_unproven || before.is_none_or(OwnText::is_confirmed)) {
            return Ok(());
        }
        let kind = match text {
            Some(_) => EventKind::TextChanged,
            None => EventKind::TextRemoved,
        };
        let (event, what) = event(kind);
        let event = event.by(by, &what).authority(authority);
        let source = self.source_if(operator.client());
        // Before the change: what cannot be noted does not happen.
        self.note_for_providers(now, &source, &event)?;
        let text = text.map(|(subject, text)| OwnText {
            of: of.to_owned(),
            language: language.tag().to_owned(),
            subject: subject.map(str::to_owned),
            text: text.to_owned(),
            named_by: is_unproven.then(|| by.to_owned()),
        });
        Ok(OwnTexts::set(
            &self.rows,
            now,
            texts,
            (of, language),
            text.as_ref(),
        )?)
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

impl Verifier {
    /// What people are told of their accounts in one language, by what it is. `reader` is the language of whoever asks.
    /// Texts of alerts are there while a licence counts.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the site's own do not open; [`Error::Invalid`] for another language;
    /// [`Error::Unavailable`]
    pub fn notice_texts(
        &self,
        now: UnixTime,
        language: &str,
        reader: &str,
    ) -> Result<Vec<NoticeText>, Error> {
        let language = language_of(language)?;
        let own = OwnTexts::read(&self.rows, now, TextsOf::Notices(language))?;
        if let Some(why) = own.unreadable() {
            return Err(Misconfiguration::Texts(why).into());
        }
        let has_alerts = self.may_word_alerts(now).is_ok();
        let all = OwnNotice::all().into_iter();
        let all = all.filter(|it| has_alerts || !it.is_premium());
        let text = |of: OwnNotice| {
            let found = own.get(&of.name(), language);
            let places = of
                .form()
                .map_or(NumberTemplate::PLACEHOLDERS, |form| form.placeholders());
            NoticeText {
                kind: of.name(),
                title: of.kind().map(|kind| notice::notice_title(kind, reader)),
                subject: found.and_then(|own| own.subject.clone()),
                text: found.map(|own| own.text.clone()),
                standard_subject: of.form().map(|_| STANDARD_SUBJECT.to_owned()),
                standard: standard(of, language),
                placeholders: places.iter().map(|it| it.name()).collect(),
                confirmed: found.is_none_or(OwnText::is_confirmed),
            }
        };
        Ok(all.map(text).collect())
    }

    /// Gives what people are told in one language a text of the site's own; `None`: ours. Without a subject that is ours.
    ///
    /// # Errors
    /// As [`Verifier::set_message_text`]; [`Error::LicenceRequired`] for alerts
    pub fn set_notice_text(
        &self,
        now: UnixTime,
        kind: &str,
        language: &str,
        text: Option<(&str, &str)>,
        operator: &Operator<'_>,
    ) -> Result<(), Error> {
        let (of, language) = (self.own_notice(now, kind)?, language_of(language)?);
        let text = text.map(|(subject, text)| (subject.trim(), with_lines(text)));
        if let Some((subject, text)) = &text {
            judged(of, language, subject, text)
                .map_err(|(field, why)| Error::invalid(field.as_str(), why.to_string()))?;
        }
        let own = text.as_ref().map(|(subject, text)| {
            let subject = Some(*subject).filter(|it| !it.is_empty() && of.form().is_some());
            (subject, text.as_str())
        });
        let event = |kind| {
            let said = own.map(|(subject, text)| [subject.unwrap_or("-"), ": ", text].concat());
            let said = said.unwrap_or_else(|| "-".to_owned());
            let what = [language.tag(), " ", &of.name(), ": ", &said].concat();
            (Event::new(kind, Requester::Operator), what)
        };
        let texts = TextsOf::Notices(language);
        self.keep_text(now, texts, (&of.name(), language), own, &event, operator)
    }

    /// Shows what people would be told, with an example. Without a text: ours.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another kind or language, [`Error::LicenceRequired`] for alerts, [`Error::Unavailable`]
    pub fn preview_notice_text(
        &self,
        now: UnixTime,
        kind: &str,
        language: &str,
        text: Option<(&str, &str)>,
    ) -> Result<NoticePreview, Error> {
        let (of, language) = (self.own_notice(now, kind)?, language_of(language)?);
        let site = self.config.issuer();
        let own = match text {
            Some((subject, text)) => match judged(of, language, subject, &with_lines(text)) {
                Ok(own) => own,
                Err(problem) => {
                    return Ok(NoticePreview {
                        problem: Some(problem),
                        ..NoticePreview::default()
                    });
                }
            },
            None => judged(of, language, "", &standard(of, language))
                .map_err(|(_, why)| Error::invalid("text", why.to_string()))?,
        };
        let mail = match own {
            Judged::Number(own, size) => {
                let body = own.body(language, site, SmsNotice::NumberRemoved);
                return Ok(NoticePreview {
                    text: body.map_or_else(String::new, |body| body.text.to_string()),
                    size: Some(size),
                    ..NoticePreview::default()
                });
            }
            Judged::Mail(own) => {
                let own = text.map(|_| &own);
                match of {
                    OwnNotice::Digest => self.example_digest(now, language, own)?,
                    _ => self.example_mail(of, language, now, own),
                }
            }
        };
        Ok(NoticePreview {
            subject: mail.subject,
            text: mail.text.to_string(),
            ..NoticePreview::default()
        })
    }

    /// A mail of that kind as it might be.
    pub(super) fn example_mail(
        &self,
        of: OwnNotice,
        language: Language,
        now: UnixTime,
        own: Option<&NoticeTemplate>,
    ) -> Mail {
        let notice = notice::example(of, language, now);
        let tag = language.tag().to_owned();
        let contact = Contact::new("Anna".to_owned(), tag, None);
        let (user, site) = (UserId::providers(), self.config.issuer());
        let link = self.config.notice_url();
        notice::notice_mail(&notice, &contact, &user, site, link, own)
    }

    /// The site's own words for a notice, where it has any that somebody stands for, and may have.
    pub(super) fn words_of(&self, now: UnixTime, notice: &Notice) -> Option<NoticeTemplate> {
        let language = language_of_notice(notice);
        self.own_words(now, language, &OwnNotice::of(notice))
    }

    /// The first of these texts that a site has in that language, that somebody stands for, and that can be filled. What
    /// cannot be looked up keeps nobody from hearing what happened: ours says it.
    pub(super) fn own_words(
        &self,
        now: UnixTime,
        language: Language,
        those: &[OwnNotice],
    ) -> Option<NoticeTemplate> {
        let own = OwnTexts::read(&self.rows, now, TextsOf::Notices(language)).ok()?;
        let found = those.iter().find_map(|of| {
            let text = own.get(&of.name(), language)?;
            let template = template_of(*of, text).filter(|_| text.is_confirmed())?;
            Some((*of, template))
        });
        let (of, template) = found?;
        let may = !of.is_premium() || self.may_word_alerts(now).is_ok();
        may.then_some(template)
    }

    fn own_notice(&self, now: UnixTime, kind: &str) -> Result<OwnNotice, Error> {
        let of = OwnNotice::named(kind)
            .ok_or_else(|| Error::invalid("kind", "must be one that noticeTexts() names"))?;
        if of.is_premium() {
            self.may_word_alerts(now)?;
        }
        Ok(of)
    }
}

/// A subject that a site could start its own from.
const STANDARD_SUBJECT: &str = "{site}: {what}";

/// A text that a site could start its own from: what it needs, in the order of ours.
fn standard(of: OwnNotice, language: Language) -> String {
    let Some(form) = of.form() else {
        return text::number_sample(language);
    };
    let needed = form.needed().iter().chain([&Placeholder::Site]);
    let lines: Vec<_> = needed.map(|it| format!("{{{}}}", it.name())).collect();
    lines.join("\n\n")
}

/// A text as it is kept: its lines end as ours do.
fn with_lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// A text that was found good.
enum Judged {
    Mail(NoticeTemplate),
    Number(NumberTemplate, text::Size),
}

fn judged(
    of: OwnNotice,
    language: Language,
    subject: &str,
    text: &str,
) -> Result<Judged, NoticeTextError> {
    if let Some(form) = of.form() {
        return NoticeTemplate::parse(form, Some(subject), text).map(Judged::Mail);
    }
    let read = NumberTemplate::parse(text).and_then(|it| Ok((it.size(language)?, it)));
    let (size, template) = read.map_err(|why| (TextField::Text, why))?;
    Ok(Judged::Number(template, size))
}

fn template_of(of: OwnNotice, own: &OwnText) -> Option<NoticeTemplate> {
    NoticeTemplate::parse(of.form()?, own.subject.as_deref(), &own.text).ok()
}

/// Whether a text of a notice can be filled: the rules may have become stricter since it was saved.
pub(super) fn is_usable(own: &OwnText) -> bool {
    let language = language_of(&own.language);
    let (Some(of), Ok(language)) = (OwnNotice::named(&own.of), language) else {
        return false;
    };
    let subject = own.subject.as_deref().unwrap_or_default();
    judged(of, language, subject, &own.text).is_ok()
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
