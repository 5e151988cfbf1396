//! Mails that tell people what happened to an account: what, when, from where, and what to do if it was not them.
//!
//! Nothing in one is a code, or a full number or address. What can be clicked is one address of the site, where its user
//! says that it was not them; of what is told to administrators there is none. What people wrote themselves
//! (names of factors, of operators and users) is shown as a site's name is, without what makes a link, and with four digits
//! at most, so that nobody is asked to call a number; where it stands for itself, in quotes.

mod languages;
mod own;

pub(crate) use own::{OwnNotice, example};

use self::languages::{NoticeTexts, texts};
use crate::account::{Audience, Change, Contact, Notice, NoticeKind};
use crate::browser::{Device, System};
use crate::clock::UnixTime;
use crate::i18n::{Language, site_name};
use crate::mail::{self, Mail};
use crate::phone::PhoneNumber;
use crate::texts::{NoticeContent, NoticeTemplate, Placeholder};
use crate::types::{Method, UserId, masked_address};

/// Digits of a name that somebody chose: a year, or a model, and no number that could be called.
const MOST_DIGITS: u32 = 4;

/// The mail of a notice about the account of that user, who is reached so, with the address at which they say that it was
/// not them; in the site's own words, where it has any.
#[must_use]
pub(crate) fn notice_mail(
    notice: &Notice,
    contact: &Contact,
    user: &UserId,
    site: &str,
    link: Option<&str>,
    own: Option<&NoticeTemplate>,
) -> Mail {
    let is_theirs = notice.audience == Audience::User;
    let language = language_of(notice);
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
    // Nothing has happened, so nothing is told of it: who reminds, and from where, is the audit's.
    let is_news = notice.kind != NoticeKind::EnrolmentReminder;
    let facts = if is_news {
        facts(notice, contact, user, language, own)
    } else {
        Vec::new()
    };
    let link = link.filter(|_| is_theirs && is_news);
    let link = link.map(|url| (texts.say_so, url));
    let Some(own) = own else {
        let sentences = facts.iter().map(String::as_str);
        let sentences: Vec<&str> = sentences.chain([advice]).collect();
        return mail::news(language, site, title, &sentences, link);
    };
    let known = |text: Option<String>| {
        text.map_or_else(|| texts.unknown.to_owned(), |text| language.isolated(&text))
    };
    own.mail(&NoticeContent {
        language,
        site,
        title,
        facts: &facts,
        advice,
        link,
        user: &reader_name(contact, user),
        when: &known(Some(format!("{} (UTC)", notice.at.utc().to_the_minute()))),
        address: &known(masked_ip(notice.ip.as_deref())),
        browser: &known(browser_text(notice.browser, texts)),
    })
}

/// In which language a notice is told: to administrators never in that of whom it is about, for they may be who is told of.
pub(crate) fn language_of(notice: &Notice) -> Language {
    Language::of(&notice.locale)
}

/// What is known of what happened, a line each, but for what the site's text has a place for.
fn facts(
    notice: &Notice,
    contact: &Contact,
    user: &UserId,
    language: Language,
    own: Option<&NoticeTemplate>,
) -> Vec<String> {
    let texts = texts(language);
    let mut lines = Vec::new();
    if notice.audience == Audience::Administrators && !user.for_host().is_empty() {
        let name = account_name(contact, user);
        lines.push(texts.account.replace("{name}", &name));
    }
    for change in &notice.changes {
        lines.extend(change_text(change, texts));
        if let Some(at) = change.at {
            let ip = change.ip.as_deref();
            lines.extend(when_and_where(language, texts, Some(at), None, ip));
        }
    }
    if usize::try_from(notice.times).is_ok_and(|times| times > notice.changes.len()) {
        lines.push(texts.times.replace("{times}", &notice.times.to_string()));
    }
    // Where each has a time of its own, that is said with it.
    if notice.changes.iter().all(|change| change.at.is_none()) {
        let is_placed = |placeholder| own.is_some_and(|own| own.has(placeholder));
        let at = (!is_placed(Placeholder::When)).then_some(notice.at);
        let browser = browser_text(notice.browser, texts);
        let browser = browser.filter(|_| !is_placed(Placeholder::Browser));
        let ip = notice.ip.as_deref();
        let ip = ip.filter(|_| !is_placed(Placeholder::Where));
        lines.extend(when_and_where(language, texts, at, browser, ip));
    }
    lines
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
    at: Option<UnixTime>,
    browser: Option<String>,
    ip: Option<&str>,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(at) = at {
        let when = language.isolated(&at.utc().to_the_minute());
        lines.push(texts.when.replace("{when}", &when));
    }
    if let Some(browser) = browser {
        let browser = language.isolated(&browser);
        lines.push(texts.browser.replace("{browser}", &browser));
    }
    if let Some(ip) = masked_ip(ip) {
        let ip = language.isolated(&ip);
        lines.push(texts.from.replace("{ip}", &ip));
    }
    lines
}

/// An IP address without its end.
fn masked_ip(ip: Option<&str>) -> Option<String> {
    Some(masked_address(ip?.parse().ok()?))
}

/// What is known of one change, in lines of their own.
fn change_text(change: &Change, texts: &NoticeTexts) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(method) = change.method {
        let name = texts.method(method);
        let label = quoted(&change.label, texts);
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
    let by = quoted(&change.by, texts);
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

/// What they are called, to themselves.
fn reader_name(contact: &Contact, user: &UserId) -> String {
    match people_s_name(&contact.name) {
        name if name.is_empty() => site_name(user.as_str(), ""),
        name => name,
    }
}

/// What somebody wrote, between the quotes of the language; empty where nothing of it is left.
fn quoted(text: &str, texts: &NoticeTexts) -> String {
    let name = people_s_name(text);
    if name.is_empty() {
        return name;
    }
    let (before, after) = texts.quotes;
    [before, &name, after].concat()
}

/// A name that somebody chose, without what makes a link or a number to call: of all digits the first four.
fn people_s_name(text: &str) -> String {
    let mut digits = 0_u32;
    let mut is_kept = |c: &char| {
        digits = digits.saturating_add(u32::from(c.is_numeric()));
        !c.is_numeric() || digits <= MOST_DIGITS
    };
    let kept: String = text.chars().filter(|c| is_kept(c)).collect();
    site_name(&kept, "")
}

/// What they are called, and their id where that is something else.
pub(crate) fn account_name(contact: &Contact, user: &UserId) -> String {
    let (name, id) = (people_s_name(&contact.name), site_name(user.as_str(), ""));
    match name {
        name if name.is_empty() => id,
        name if name == id => name,
        name => format!("{name} ({id})"),
    }
}

#[cfg(test)]
mod tests;
