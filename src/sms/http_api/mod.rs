//! A message provider that is described by its settings: any that takes a message by one request over HTTPS.
//!
//! ```text
//! url, headers, json or form ─▶ templates ─▶ one request ─▶ answer ─▶ lines of `replies` ─▶ taken, later, refused
//!                                  ▲                                        └ no line fits: perhaps sent
//!              values of the message, encoded for their place
//! ```
//!
//! Nothing is asked twice: what a second request would do is for no setting to say. Of an answer nothing is repeated
//! to anybody but its status, the operator's own words for what was found in it, and the name of the message.

mod reply;
pub(super) mod schema;
mod template;

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::error::{ProbeError, SendError, SettingError};
use super::http::{Http, HttpError, Request, Verb, allowed, form};
use super::message::{Channel, MessageBody, ProviderRequest, Submitted};
use super::provider::MessageProvider;
use super::refusal::Refusal;
use super::{gsm, http::HttpSettings};
use crate::clock::UnixTime;
use crate::crypto::{OsEntropy, random};
use reply::{Meaning, Rules};
use template::{Name, RequestTemplate, TemplateContext, TemplateError};

/// Longest message unless something else is said, in characters.
const LONGEST_TEXT: usize = 1_600;

/// Longest credential, in bytes.
const LONGEST_SECRET: usize = 1_024;

/// What the operator says about the provider. Redacts itself.
#[derive(Clone, Default)]
pub struct HttpApiSettings {
    /// Where to: `https://`, a host, a path and perhaps a query; values may stand behind the host.
    pub url: String,
    /// Without a body.
    pub is_get: bool,
    /// `Name: value`
    pub headers: Vec<String>,
    /// The body, as JSON.
    pub json: Option<String>,
    /// The fields of the body, as a form: `name=value`.
    pub form: Vec<String>,
    /// `{user}`
    pub user: Option<Zeroizing<String>>,
    /// `{secret}`
    pub secret: Option<Zeroizing<String>>,
    /// The channel it has; SMS if nothing is said.
    pub channel: Option<Channel>,
    /// `{coding}`: a word for texts in the letters of GSM 03.38, and one for others.
    pub coding: Option<String>,
    /// Longest message, in characters.
    pub longest: Option<u32>,
    /// What answers mean.
    pub replies: Vec<String>,
    /// Where an answer names the message.
    pub message_id: Option<String>,
    /// What to ask, by GET, to learn whether the credentials are right.
    pub check_url: Option<String>,
    /// How requests are made.
    pub http: HttpSettings,
}

impl fmt::Debug for HttpApiSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpApiSettings(<redacted>)")
    }
}

/// A body, as it is described.
enum Body {
    None,
    Json(RequestTemplate),
    Form(Vec<(String, RequestTemplate)>),
}

/// The provider. Redacts itself.
pub struct HttpApi {
    http: Http,
    url: RequestTemplate,
    verb: Verb,
    headers: Vec<(String, RequestTemplate)>,
    body: Body,
    user: Zeroizing<String>,
    secret: Zeroizing<String>,
    basic: Zeroizing<String>,
    channel: Channel,
    coding: Option<(String, String)>,
    longest: usize,
    rules: Rules,
    check: Option<RequestTemplate>,
}

impl fmt::Debug for HttpApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpApi")
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

impl HttpApi {
    /// Checks the settings; asks nobody.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn new(settings: &HttpApiSettings) -> Result<Self, SettingError> {
        let user = credential("user", settings.user.as_ref())?;
        let secret = credential("secret", settings.secret.as_ref())?;
        let pair = Zeroizing::new(format!("{}:{}", *user, *secret));
        let rules = Rules::parse(&settings.replies, settings.message_id.as_deref());
        let rules = rules.map_err(|(line, why)| match line {
            0 => SettingError::from("`message_id` must be like $.name.0.name, or body"),
            line => format!("`replies`, line {line}: {why}").into(),
        })?;
        if !rules.can_take() {
            return Err("`replies` has no line that says when a message is taken".into());
        }
        let it = Self {
            http: Http::new(&settings.http)?,
            url: address("url", &settings.url)?,
            verb: if settings.is_get {
                Verb::Get
            } else {
                Verb::Post
            },
            headers: settings
                .headers
                .iter()
                .map(|line| header(line))
                .collect::<Result<_, _>>()?,
            body: body(settings)?,
            basic: Zeroizing::new(BASE64.encode(pair.as_bytes())),
            user,
            secret,
            channel: settings.channel.unwrap_or(Channel::Sms),
            coding: settings.coding.as_deref().map(coding).transpose()?,
            longest: settings
                .longest
                .and_then(|most| usize::try_from(most).ok())
                .unwrap_or(LONGEST_TEXT),
            rules,
            check: settings
                .check_url
                .as_deref()
                .map(|url| address("check_url", url))
                .transpose()?,
        };
        it.check_values()?;
        Ok(it)
    }

    /// All templates of a request for a message.
    fn templates(&self) -> impl Iterator<Item = &RequestTemplate> {
        let fields = match &self.body {
            Body::None => [].iter(),
            Body::Json(_) => [].iter(),
            Body::Form(fields) => fields.iter(),
        };
        let json = match &self.body {
            Body::Json(json) => Some(json),
            _ => None,
        };
        let named = self.headers.iter().chain(fields);
        let named = named.map(|(_, template)| template);
        std::iter::once(&self.url).chain(named).chain(json)
    }

    /// Whether the values that are named are there, and no message goes out without number and text.
    fn check_values(&self) -> Result<(), SettingError> {
        let is_named = |wanted: &[Name]| {
            let mut names = self.templates().flat_map(RequestTemplate::names);
            names.any(|name| wanted.contains(&name))
        };
        if !is_named(&[Name::Number, Name::Digits]) {
            return Err("nothing says where the number goes: {number} or {digits}".into());
        }
        if !is_named(&[Name::Text, Name::Code]) {
            return Err("nothing says where the message goes: {text} or {code}".into());
        }
        let needs = |name: &str, it: Name, is_there: bool| match is_named(&[it]) {
            true if !is_there => Err(SettingError::from(format!(
                "{{{name}}} is named, and `{name}` is missing"
            ))),
            false if is_there && it.is_secret() && !is_named(&[Name::Basic]) => {
                Err(SettingError::from(format!(
                    "`{name}` is there, and {{{name}}} is named nowhere"
                )))
            }
            _ => Ok(()),
        };
        needs("user", Name::User, !self.user.is_empty())?;
        needs("secret", Name::Secret, !self.secret.is_empty())?;
        needs("coding", Name::Coding, self.coding.is_some())?;
        if is_named(&[Name::Basic]) && (self.user.is_empty() || self.user.contains(':')) {
            return Err("{basic} needs `user`, without a colon, and `secret`".into());
        }
        if let Some(check) = &self.check {
            if check.names().any(|name| !name.is_secret()) {
                return Err("`check_url` is asked without a message: {user} and {secret} alone may be in it".into());
            }
            if origin(check.beginning()) != origin(self.url.beginning()) {
                return Err("`check_url` must be on the host of `url`".into());
            }
        }
        Ok(())
    }

    fn value<'a>(&'a self, name: Name, of: &'a RequestValues<'_>) -> &'a str {
        match name {
            Name::Number => of.number,
            Name::Digits => of.number.trim_start_matches('+'),
            Name::Text => of.text,
            Name::Code => of.code,
            Name::Locale => of.locale,
            Name::Id => of.id,
            Name::Coding => match &self.coding {
                Some((plain, _)) if gsm::septets(of.text).is_some() => plain,
                Some((_, other)) => other,
                None => "",
            },
            Name::User => &self.user,
            Name::Secret => &self.secret,
            Name::Basic => &self.basic,
        }
    }

    fn headers(&self, of: &RequestValues<'_>) -> Vec<(&str, Zeroizing<String>)> {
        let filled = self
            .headers
            .iter()
            .map(|(name, template)| (name.as_str(), template.fill(|value| self.value(value, of))));
        filled.collect()
    }

    /// The body, and what it is.
    fn body(&self, of: &RequestValues<'_>) -> Option<(&'static str, Zeroizing<String>)> {
        match &self.body {
            Body::None => None,
            Body::Json(json) => Some(("application/json", json.fill(|name| self.value(name, of)))),
            Body::Form(fields) => {
                let filled: Vec<_> = fields
                    .iter()
                    .map(|(name, template)| (name, template.fill(|value| self.value(value, of))))
                    .collect();
                let pairs: Vec<_> = filled
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                Some((
                    "application/x-www-form-urlencoded",
                    Zeroizing::new(form(&pairs)),
                ))
            }
        }
    }

    fn call(
        &self,
        verb: Verb,
        url: &RequestTemplate,
        of: &RequestValues<'_>,
        body: Option<&(&'static str, Zeroizing<String>)>,
    ) -> Result<super::http::Reply, HttpError> {
        let url = url.fill(|name| self.value(name, of));
        let filled = self.headers(of);
        let mut headers: Vec<(&str, &str)> = filled
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        if let Some((what, _)) = body {
            headers.push(("Content-Type", what));
        }
        self.http.call(&Request {
            verb,
            url: &url,
            headers: &headers,
            body: body.map_or(&[], |(_, text)| text.as_bytes()),
        })
    }
}

/// Values of one message.
struct RequestValues<'a> {
    number: &'a str,
    text: &'a str,
    code: &'a str,
    locale: &'a str,
    id: &'a str,
}

/// Those of no message.
const NONE: RequestValues<'static> = RequestValues {
    number: "",
    text: "",
    code: "",
    locale: "",
    id: "",
};

impl MessageProvider for HttpApi {
    fn channels(&self) -> Vec<Channel> {
        vec![self.channel]
    }

    fn send(
        &mut self,
        request: &ProviderRequest<'_>,
        message: &MessageBody,
    ) -> Result<Submitted, SendError> {
        if request.channel != self.channel {
            return Err(SendError::NotSent(
                "it is not set up for this way".to_owned(),
            ));
        }
        if message.text.chars().count() > self.longest {
            return Err(SendError::NotSent(
                "the message is longer than it takes".to_owned(),
            ));
        }
        let id = random::bytes::<16>(&mut OsEntropy)
            .map_err(|error| SendError::NotSent(error.to_string()))?;
        let values = RequestValues {
            number: request.to.e164(),
            text: &message.text,
            code: &message.code,
            locale: request.locale,
            id: &HEXLOWER.encode(&id),
        };
        let body = self.body(&values);
        let reply = self.call(self.verb, &self.url, &values, body.as_ref())?;
        let Some(found) = self.rules.read(&reply) else {
            let status = reply.status;
            return Err(SendError::Unknown(format!(
                "an answer of HTTP {status} that no line of `replies` knows"
            )));
        };
        let refused = |refusal: Refusal| SendError::Refused {
            refusal,
            retry_after: found.retry_after,
            detail: found.detail.clone(),
        };
        match found.meaning {
            Meaning::Taken => Ok(Submitted { id: found.id }),
            Meaning::Later => Err(SendError::NotSent(found.detail)),
            Meaning::Refused(refusal) => Err(refused(refusal)),
            Meaning::Unlisted => Err(refused(Refusal::of_unlisted(reply.status))),
        }
    }

    /// Asks `check_url`, where there is one.
    fn probe(&mut self, _: UnixTime) -> Result<(), ProbeError> {
        let answered = |text: &str| ProbeError::Answered(text.to_owned());
        let check = self.check.as_ref().ok_or_else(|| {
            answered(
                "nothing says what to ask about the credentials (`check_url`): send a test message",
            )
        })?;
        let reply = self.call(Verb::Get, check, &NONE, None);
        let reply = reply.map_err(|source| ProbeError::Unanswered {
            provider: "the host of `check_url`",
            source,
        })?;
        match reply.status {
            200..=299 => Ok(()),
            401 | 403 => Err(answered(
                "the credentials are not accepted: check `user` and `secret`",
            )),
            status => Err(ProbeError::Answered(format!(
                "`check_url` was answered with HTTP {status}"
            ))),
        }
    }
}

/// A credential can be in a header, so it is visible ASCII.
fn credential(
    name: &'static str,
    value: Option<&Zeroizing<String>>,
) -> Result<Zeroizing<String>, SettingError> {
    let Some(value) = value.cloned() else {
        return Ok(Zeroizing::default());
    };
    let fits = (1..=LONGEST_SECRET).contains(&value.len());
    if fits && value.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(value);
    }
    Err(format!("`{name}` must be 1 to {LONGEST_SECRET} visible letters").into())
}

/// A URL whose host is not for values to say.
fn address(name: &'static str, text: &str) -> Result<RequestTemplate, SettingError> {
    let wrong = || {
        SettingError::from(format!(
            "`{name}` must be https://, a host, perhaps a port, a path, and in path and query alone values like {{number}}"
        ))
    };
    let template = template(name, text, TemplateContext::Url)?;
    let is_visible = text.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    if !is_visible || allowed(&template.fill(|_| "0")).is_none() {
        return Err(wrong());
    }
    origin(template.beginning()).ok_or_else(wrong)?;
    if let Some((_, query)) = text.split_once('?') {
        for (field, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            hides(name, field, value)?;
        }
    }
    Ok(template)
}

/// Scheme, host and port of an address whose first value comes later.
fn origin(beginning: &str) -> Option<&str> {
    let (scheme, rest) = beginning.split_once("://")?;
    let host = rest.find('/')?;
    beginning.get(..scheme.len().checked_add(3)?.checked_add(host)?)
}

fn header(line: &str) -> Result<(String, RequestTemplate), SettingError> {
    let (name, value) = line
        .split_once(':')
        .ok_or("`headers` must be lines like Name: value")?;
    let (name, value) = (name.trim(), value.trim());
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_token) {
        return Err("`headers`: a name has letters, digits, dashes and _".into());
    }
    if !value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Err("`headers`: a value has visible letters of ASCII and spaces".into());
    }
    // Headers of the connection (RFC 9110 section 7.6.1) and of the body are set here and cannot be configured.
    let lower = name.to_ascii_lowercase();
    let is_ours = matches!(
        &*lower,
        "host"
            | "content-length"
            | "content-type"
            | "transfer-encoding"
            | "connection"
            | "expect"
            | "upgrade"
            | "te"
            | "trailer"
            | "keep-alive"
            | "cookie"
    );
    if is_ours || lower.starts_with("proxy-") {
        return Err(format!("`headers`: {lower} is not for a setting to say").into());
    }
    hides("headers", name, value)?;
    Ok((
        name.to_owned(),
        template("headers", value, TemplateContext::Header)?,
    ))
}

fn body(settings: &HttpApiSettings) -> Result<Body, SettingError> {
    match (&settings.json, &*settings.form) {
        (Some(_), [_, ..]) => Err("give `json` or `form`, not both".into()),
        (Some(_), []) | (None, [_, ..]) if settings.is_get => {
            Err("a request by GET has no body: give neither `json` nor `form`".into())
        }
        (Some(json), []) => {
            let template = template("json", json, TemplateContext::Json)?;
            if let Ok(value) = crate::json::read_value(json.as_bytes()) {
                fields_hide(&value)?;
            }
            Ok(Body::Json(template))
        }
        (None, fields @ [_, ..]) => {
            let field = |line: &String| {
                let (name, value) = line
                    .split_once('=')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or("`form` must be lines like name=value")?;
                hides("form", name, value)?;
                Ok((
                    name.to_owned(),
                    template("form", value, TemplateContext::Form)?,
                ))
            };
            let fields: Result<_, SettingError> = fields.iter().map(field).collect();
            Ok(Body::Form(fields?))
        }
        (None, []) => Ok(Body::None),
    }
}

fn template(
    name: &'static str,
    text: &str,
    place: TemplateContext,
) -> Result<RequestTemplate, SettingError> {
    let wrong = |why: TemplateError| SettingError::from(format!("`{name}`: {why}"));
    RequestTemplate::parse(text, place).map_err(wrong)
}

/// Two words.
fn coding(text: &str) -> Result<(String, String), SettingError> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(plain), Some(other), None) => Ok((plain.to_owned(), other.to_owned())),
        _ => {
            Err("`coding` must be two words: for texts of the GSM alphabet, and for others".into())
        }
    }
}

/// Everything but the credentials is shown to operators, so a field that is called like one has its value from there.
fn hides(setting: &'static str, name: &str, value: &str) -> Result<(), SettingError> {
    let plain: String = name
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    let is_secret = [
        "authorization",
        "apikey",
        "accesskey",
        "secretkey",
        "token",
        "password",
        "passwd",
        "pwd",
        "secret",
        "signature",
    ]
    .iter()
    .any(|end| plain.ends_with(end))
        || plain == "key";
    let is_hidden = ["{user}", "{secret}", "{basic}"]
        .iter()
        .any(|it| value.contains(it));
    if is_secret && !is_hidden {
        return Err(format!(
            "`{setting}` is shown to operators, and {name} looks like a secret: put it into `secret` and write {{secret}}"
        )
        .into());
    }
    Ok(())
}

/// The same of every field in a JSON text.
fn fields_hide(value: &serde_json::Value) -> Result<(), SettingError> {
    match value {
        serde_json::Value::Array(items) => items.iter().try_for_each(fields_hide),
        serde_json::Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            if let Some(text) = value.as_str() {
                hides("json", name, text)?;
            }
            fields_hide(value)
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
