//! Mails that tell people what happened to an account: what, when, from where, and what to do if it was not them.
//!
//! Nothing in one is a code, or a full number or address. What can be clicked is one address of the site, where its user
//! says that it was not them; of what is told to administrators there is none. What people wrote themselves
//! (names of factors, of operators and users) is shown as a site's name is: without what makes a link.

mod languages;

use self::languages::{NoticeTexts, texts};
use crate::account::{Audience, Change, Contact, Notice, NoticeKind};
use crate::browser::{Device, System};
use crate::clock::UnixTime;
use crate::i18n::{Language, site_name};
use crate::mail::{self, Mail};
use crate::phone::PhoneNumber;
use crate::types::{Method, UserId, masked_address};

/// The mail of a notice about the account of that user, who is reached so, with the address at which they say that it was
/// not them.
#[must_use]
pub(crate) fn notice_mail(
    notice: &Notice,
    contact: &Contact,
    user: &UserId,
    site: &str,
    link: Option<&str>,
) -> Mail {
    let (locale, is_theirs) = match notice.audience {
        Audience::User => (notice.locale.as_str(), true),
        // In which language administrators read, nobody has said: in that of whom it is about.
        Audience::Administrators => (contact.locale.as_str(), false),
    };
    let language = Language::of(locale);
    let texts = texts(language);
    let (title, advice) = match (notice.kind, notice.audience) {
        (NoticeKind::PasswordSuspected, Audience::Administrators) => {
            (texts.account_suspected, texts.ask_for_password)
        }
        (NoticeKind::Held, Audience::Administrators) => {
            (texts.account_held, texts.ask_before_release)
        }
        (NoticeKind::Released, Audience::Administrators) => {
            (texts.account_released, texts.see_account)
        }
        (kind, _) => (texts.title(kind), texts.advice(kind)),
    };
    if notice.kind == NoticeKind::EnrolmentReminder {
        // Nothing has happened, so nothing is told of it: who reminds, and from where, is the audit's.
        return mail::news(language, site, title, &[advice], None);
    }
    let mut sentences = Vec::new();
    if !is_theirs && !user.for_host().is_empty() {
        sentences.push(
            texts
                .account
                .replace("{name}", &account_name(contact, user)),
        );
    }
    for change in &notice.changes {
        sentences.extend(change_text(change, texts));
        if let Some(at) = change.at {
            let ip = change.ip.as_deref();
            sentences.extend(when_and_where(language, texts, at, None, ip));
        }
    }
    if usize::try_from(notice.times).is_ok_and(|times| times > notice.changes.len()) {
        sentences.push(texts.times.replace("{times}", &notice.times.to_string()));
    }
    // Where each has a time of its own, that is said with it.
    if notice.changes.iter().all(|change| change.at.is_none()) {
        let ip = notice.ip.as_deref();
        let browser = browser_text(notice.browser, texts);
        sentences.extend(when_and_where(language, texts, notice.at, browser, ip));
    }
    sentences.push(advice.to_owned());
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let link = link.filter(|_| is_theirs);
    let link = link.map(|url| (texts.say_so, url));
    mail::news(language, site, title, &sentences, link)
}

/// What a notice told, in the language of that locale.
#[must_use]
pub(crate) fn notice_title(kind: NoticeKind, locale: &str) -> &'static str {
    texts(Language::of(locale)).title(kind)
}

/// When something happened and where the request came from, in lines of their own.
fn when_and_where(
    language: Language,
    texts: &NoticeTexts,
    at: UnixTime,
    browser: Option<String>,
    ip: Option<&str>,
) -> Vec<String> {
    let when = language.isolated(&at.utc().to_the_minute());
    let mut lines = vec![texts.when.replace("{when}", &when)];
    if let Some(browser) = browser {
        let browser = language.isolated(&browser);
        lines.push(texts.browser.replace("{browser}", &browser));
    }
    if let Some(ip) = ip.and_then(|ip| ip.parse().ok()) {
        let ip = language.isolated(&masked_address(ip));
        lines.push(texts.from.replace("{ip}", &ip));
    }
    lines
}

/// What is known of one change, in lines of their own.
fn change_text(change: &Change, texts: &NoticeTexts) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(method) = change.method {
        let name = texts.method(method);
        let label = site_name(&change.label, "");
        let destination = masked(method, &change.destination);
        let shown = [label, destination];
        let shown: Vec<&str> = shown
            .iter()
            .map(String::as_str)
            .filter(|it| !it.is_empty())
            .collect();
        lines.push(if shown.is_empty() {
            name.to_owned()
        } else {
            format!("{name}: {}", shown.join(", "))
        });
    }
    if let Some(left) = change.left {
        lines.push(texts.left.replace("{left}", &left.to_string()));
    }
    let by = site_name(&change.by, "");
    if !by.is_empty() {
        lines.push(texts.by.replace("{by}", &by));
    }
    lines
}

/// Browser and system, as far as they can be told.
fn browser_text(device: Device, texts: &NoticeTexts) -> Option<String> {
    let system = device.system.map(System::as_str);
    let Some(browser) = device.browser else {
        return system.map(str::to_owned);
    };
    Some(match system {
        Some(system) => {
            let both = texts.on.replace("{system}", system);
            both.replace("{browser}", browser.as_str())
        }
        None => browser.as_str().to_owned(),
    })
}

/// A number or address without most of it, and without what mail programs make a link of.
fn masked(method: Method, destination: &str) -> String {
    if destination.is_empty() {
        return String::new();
    }
    if method != Method::Email {
        return PhoneNumber::masked_e164(destination);
    }
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    match destination.rsplit_once('@') {
        Some((local, domain)) => format!("{}•••@{}•••", first(local), first(domain)),
        None => "•••".to_owned(),
    }
}

/// What they are called, and their id where that is something else.
pub(crate) fn account_name(contact: &Contact, user: &UserId) -> String {
    let (name, id) = (site_name(&contact.name, ""), site_name(user.as_str(), ""));
    match name {
        name if name.is_empty() => id,
        name if name == id => name,
        name => format!("{name} ({id})"),
    }
}

#[cfg(test)]
mod tests;
