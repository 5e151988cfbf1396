//! The mail to administrators: how often what was found, of whom, and what is wrong with the site. No code, no address, no
//! link.

use super::digest::{Gathered, Line};
use super::facts::{Fact, FactKind};
use super::languages::{DigestTexts, texts};
use crate::clock::UnixTime;
use crate::i18n::{Language, site_name};
use crate::mail::{self, Mail};
use crate::premium::Premium;
use crate::texts::{NoticeContent, NoticeTemplate};

/// The mail with what was gathered, in the language of that locale; in the site's own words, where it has any.
#[must_use]
pub fn digest_mail(
    _: &Premium,
    gathered: &Gathered,
    locale: &str,
    site: &str,
    own: Option<&NoticeTemplate>,
) -> Mail {
    let language = Language::of(locale);
    let texts = texts(language);
    let mut sentences: Vec<String> = Vec::new();
    for line in gathered.lines() {
        sentences.extend(of_people(language, texts, line));
    }
    if let Some((from, until)) = gathered.span {
        let span = texts.span.replace("{from}", &moment(language, from));
        sentences.push(span.replace("{until}", &moment(language, until)));
    }
    for fact in &gathered.facts {
        sentences.push(of_site(language, texts, fact));
    }
    let Some(own) = own else {
        let sentences = sentences.iter().map(String::as_str);
        let sentences: Vec<&str> = sentences.chain([texts.advice]).collect();
        return mail::news(language, site, texts.title, &sentences, None);
    };
    own.mail(&NoticeContent {
        language,
        site,
        title: texts.title,
        facts: &sentences,
        advice: texts.advice,
        // A digest has no place for any of these.
        link: None,
        user: "",
        when: "",
        address: "",
        browser: "",
    })
}

fn of_people(language: Language, texts: &DigestTexts, line: &Line) -> Vec<String> {
    let Some(kind) = line.kind() else {
        return Vec::new();
    };
    let mut number = line.accounts().to_string();
    if line.is_more {
        number.push('+');
    }
    let names = line.names.iter().map(|name| site_name(name, ""));
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    let mut accounts = texts.accounts.replace("{accounts}", &number);
    if !names.is_empty() {
        let is_all = !line.is_more && names.len() == line.accounts();
        let end = if is_all { ")" } else { ", …)" };
        accounts = format!("{accounts} ({}{end}", names.join(", "));
    }
    let times = language.isolated(&line.times.to_string());
    vec![format!("{}: {times}", texts.kind(kind)), accounts]
}

fn of_site(language: Language, texts: &DigestTexts, fact: &Fact) -> String {
    let what = site_name(&fact.what.replace(['/', '.'], " "), "");
    let what = match what.as_str() {
        "" => texts.whole_site.to_owned(),
        what => language.isolated(what),
    };
    let value = match fact.kind {
        FactKind::LicenceEnding => {
            let at = i64::try_from(fact.value).ok();
            let at = at.and_then(|at| UnixTime::new(at).ok());
            at.map_or_else(String::new, |at| moment(language, at))
        }
        _ => language.isolated(&fact.value.to_string()),
    };
    let text = texts.fact(fact.kind).replace("{value}", &value);
    text.replace("{what}", &what)
}

fn moment(language: Language, at: UnixTime) -> String {
    language.isolated(&at.utc().to_the_minute())
}
