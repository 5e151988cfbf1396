use proptest::prelude::*;

use super::*;
use crate::account::Addressee;
use crate::browser::Device;
use crate::texts::NoticeForm;
use crate::types::UserAgent;

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).unwrap()
}

fn change(method: Method, label: &str, destination: &str) -> Change {
    Change {
        method: Some(method),
        label: label.to_owned(),
        destination: destination.to_owned(),
        ..Change::default()
    }
}

fn notice(kind: NoticeKind, audience: Audience, locale: &str, changes: Vec<Change>) -> Notice {
    Notice {
        number: 1,
        kind,
        audience,
        at: at(1_800_000_000),
        times: u32::try_from(changes.len()).unwrap(),
        changes,
        ip: Some("192.0.2.7".to_owned()),
        browser: Device::of(&UserAgent::read(
            b"Mozilla/5.0 (Windows NT 10.0) Firefox/143.0",
        )),
        locale: locale.to_owned(),
        to: vec![Addressee {
            address: "anna@example.org".to_owned(),
            locale: String::new(),
            is_told: false,
        }],
        has_link: true,
        offered: 1,
        due: None,
    }
}

fn contact(locale: &str) -> Contact {
    Contact::new("anna".to_owned(), locale.to_owned(), None)
}

fn user() -> UserId {
    UserId::new("7").unwrap()
}

#[test]
fn a_notice_says_what_when_from_where_and_what_to_do() {
    let changes = vec![
        change(Method::Totp, "Handy", ""),
        change(Method::Email, "", "anna@example.org"),
        change(Method::Sms, "", "+4915123456789"),
    ];
    let notice = notice(NoticeKind::Removed, Audience::User, "de-AT", changes);
    let mail = notice_mail(
        &notice,
        &contact("en"),
        &user(),
        "Müller & Söhne",
        None,
        None,
    );
    assert_eq!(
        mail.subject,
        "Müller & Söhne: Ein zweiter Faktor wurde aus Ihrem Konto entfernt"
    );
    assert_eq!(
        *mail.text,
        "Ein zweiter Faktor wurde aus Ihrem Konto entfernt.\n\n\
         Authenticator-App: „Handy“\n\
         E-Mail: a•••@e•••\n\
         SMS: +49 ••• 89\n\
         Zeit: 2027-01-15 08:00 (UTC)\n\
         Browser: Firefox unter Windows\n\
         IP-Adresse: 192.0.2.•••\n\
         Falls Sie das nicht waren, ändern Sie sofort Ihr Passwort und melden Sie sich bei uns.\n\
         \nMüller & Söhne\n"
    );
}

#[test]
fn what_happened_more_often_than_it_can_be_listed_is_counted() {
    let code = Change {
        left: Some(3),
        ..change(Method::BackupCode, "", "")
    };
    let mut notice = notice(NoticeKind::CodeUsed, Audience::User, "en", vec![code; 2]);
    let text = |notice: &Notice| {
        notice_mail(notice, &contact("en"), &user(), "", None, None)
            .text
            .to_string()
    };
    assert!(!text(&notice).contains("Number of times"));
    notice.times = 12;
    assert!(text(&notice).contains("Number of times: 12\n"));
    assert!(text(&notice).contains("Backup codes\nCodes left: 3\n"));
}

#[test]
fn administrators_are_told_whose_account_it_is_and_users_are_not() {
    let about = |audience| {
        let notice = notice(NoticeKind::PasswordSuspected, audience, "en", Vec::new());
        notice_mail(&notice, &contact("en"), &user(), "", None, None)
    };
    let mail = about(Audience::Administrators);
    assert_eq!(mail.subject, "Somebody may know the password of an account");
    assert!(mail.text.contains("Account: anna (7)\n"));
    let mail = about(Audience::User);
    assert_eq!(mail.subject, "Somebody may know your password");
    assert!(!mail.text.contains("anna"));
}

#[test]
fn who_did_it_is_said_where_it_was_somebody_else() {
    let reset = Change {
        method: None,
        label: String::new(),
        destination: String::new(),
        left: None,
        by: "admin <b>http://evil.example</b>".to_owned(),
        at: None,
        ip: None,
    };
    let notice = notice(NoticeKind::Reset, Audience::User, "en", vec![reset]);
    let mail = notice_mail(&notice, &contact("en"), &user(), "", None, None);
    assert!(mail.text.contains("Done by: “admin"));
    assert!(!mail.text.contains("http"));
}

#[test]
fn the_one_link_is_that_of_the_site_and_administrators_get_none() {
    let url = "https://www.example.com/not-me?a=1&token=abc-_";
    for language in Language::ALL {
        let about = |audience| {
            let notice = notice(NoticeKind::Added, audience, language.tag(), Vec::new());
            notice_mail(
                &notice,
                &contact(language.tag()),
                &user(),
                "Shop",
                Some(url),
                None,
            )
        };
        let mail = about(Audience::User);
        assert!(mail.text.contains(&format!(":\n{url}\n")));
        assert_eq!(mail.text.matches("http").count(), 1);
        let escaped = url.replace('&', "&amp;");
        assert!(
            mail.html
                .contains(&format!("href=\"{escaped}\">{escaped}</a></p>"))
        );
        assert_eq!(mail.html.matches("http").count(), 2);
        assert!(!mail.subject.contains("http"));
        let mail = about(Audience::Administrators);
        assert!(!mail.text.contains("http") && !mail.html.contains("http"));
    }
}

#[test]
fn every_kind_has_words_of_its_own_in_every_language() {
    let mut seen = std::collections::HashSet::new();
    for language in Language::ALL {
        let mut titles = std::collections::HashSet::new();
        for kind in NoticeKind::ALL {
            for audience in [Audience::User, Audience::Administrators] {
                let all = Method::ALL
                    .iter()
                    .map(|method| change(*method, "Label", ""));
                let all = all.map(|change| Change {
                    left: Some(2),
                    by: "Admin".to_owned(),
                    ..change
                });
                let mut notice = notice(*kind, audience, language.tag(), all.collect());
                notice.times += 1;
                let mail = notice_mail(&notice, &contact(language.tag()), &user(), "", None, None);
                assert!(!mail.text.contains(['{', '}']), "{}", &*mail.text);
                let own_words = [
                    NoticeKind::PasswordSuspected,
                    NoticeKind::Held,
                    NoticeKind::Released,
                ];
                if audience == Audience::User || own_words.contains(kind) {
                    assert!(titles.insert(mail.subject.clone()), "{}", mail.subject);
                    assert!(seen.insert(mail.subject.clone()), "{}", mail.subject);
                }
                assert_eq!(
                    mail.html.contains("dir=\"rtl\""),
                    language.is_right_to_left()
                );
            }
        }
    }
    assert_eq!(seen.len(), 7 * (NoticeKind::ALL.len() + 3));
}

#[test]
fn a_text_of_the_site_stands_around_what_is_ours() {
    let words = "Hallo {user},\n\nam {when} mit {browser}:\n{what}\n\n{link}\n{advice}\n\nIhre IT von {site}";
    let own = NoticeTemplate::parse(NoticeForm::User, Some("IT: {what}"), words).unwrap();
    let changes = vec![change(Method::Totp, "Handy", "")];
    let mut notice = notice(NoticeKind::Removed, Audience::User, "de-AT", changes);
    let url = "https://www.example.com/not-me?a=1&token=abc-_";
    let mail = |notice: &Notice, link| {
        notice_mail(
            notice,
            &contact("en"),
            &user(),
            "Müller & Söhne",
            link,
            Some(&own),
        )
    };
    let told = mail(&notice, Some(url));
    assert_eq!(
        told.subject,
        "IT: Ein zweiter Faktor wurde aus Ihrem Konto entfernt"
    );
    assert_eq!(
        *told.text,
        "Hallo anna,\n\n\
         am 2027-01-15 08:00 (UTC) mit Firefox unter Windows:\n\
         Ein zweiter Faktor wurde aus Ihrem Konto entfernt.\n\
         Authenticator-App: „Handy“\n\
         IP-Adresse: 192.0.2.•••\n\n\
         Sie können auch hier angeben, dass Sie es nicht waren. Die Seite zeigt zuerst, was das bewirkt:\n\
         https://www.example.com/not-me?a=1&token=abc-_\n\
         Falls Sie das nicht waren, ändern Sie sofort Ihr Passwort und melden Sie sich bei uns.\n\n\
         Ihre IT von Müller & Söhne\n"
    );
    assert!(told.html.contains("<p>Ihre IT von Müller &amp; Söhne</p>"));
    // What is not known is said to be, and where there is no page there is no line for it.
    notice.browser = Device::default();
    let told = mail(&notice, None).text;
    assert!(told.contains("mit unbekannt:\n"), "{}", *told);
    assert!(told.contains("192.0.2.•••\n\nFalls Sie"), "{}", *told);
}

#[test]
fn one_text_may_be_for_all_kinds_and_none_of_alerts_is_for_changes() {
    let names = |kind, audience| {
        let notice = notice(kind, audience, "en", Vec::new());
        let own = OwnNotice::of(&notice).into_iter();
        own.map(OwnNotice::name).collect::<Vec<_>>()
    };
    for (kind, audience, expected) in [
        (
            NoticeKind::Removed,
            Audience::User,
            &["notice.factor-removed", "notice"][..],
        ),
        (
            NoticeKind::NewNetwork,
            Audience::User,
            &["alert.new-network", "alert"],
        ),
        (
            NoticeKind::EnrolmentReminder,
            Audience::User,
            &["notice.enrolment-reminder"],
        ),
        (
            NoticeKind::Held,
            Audience::Administrators,
            &["administrators"],
        ),
    ] {
        assert_eq!(names(kind, audience), expected);
    }
    let all = OwnNotice::all();
    for own in &all {
        assert_eq!(OwnNotice::named(&own.name()), Some(*own));
    }
    // Whatever is told has one, but for what administrators alone are told.
    for kind in NoticeKind::ALL {
        if *kind != NoticeKind::GuessingSuspected {
            let notice = notice(*kind, Audience::User, "en", Vec::new());
            assert!(OwnNotice::of(&notice).iter().all(|it| all.contains(it)));
        }
    }
}

/// What could be in a text, and what could not: placeholders, markup, headers, addresses.
const SCRAPS: &str = r"(\{(what|advice|link|site|user|when|where|browser|code|minutes)\}\n?|\n\{(what|advice|link)\}\n|\PC|\pC|https?://|www\.|<(b|a href=x|script)>|Bcc: |[a-zא-ת<>&.@:/\n\r0-9 ]){0,24}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// No text whatsoever loses what happened, what to do or the link, adds an address or markup, or a header.
    #[test]
    fn whatever_a_site_writes(
        language in proptest::sample::select(Language::ALL.to_vec()),
        kind in proptest::sample::select(NoticeKind::ALL.to_vec()),
        is_theirs: bool,
        has_link: bool,
        subject in SCRAPS,
        before in SCRAPS,
        between in SCRAPS,
        after in SCRAPS,
        name in r"(\PC|\pC|https?://|www\.|[a-zא-ת<>&.@:/\n\r0-9]){0,30}",
    ) {
        let audience = if is_theirs { Audience::User } else { Audience::Administrators };
        let changes = vec![change(Method::Totp, &name, "")];
        let notice = notice(kind, audience, language.tag(), changes);
        let form = OwnNotice::of(&notice)[0].form().unwrap();
        let needed = if form == NoticeForm::User { "{link}" } else { "" };
        let whole = format!("{before}\n{{what}}\n{between}\n{{advice}}\n{needed}\n{after}");
        // With all that is needed, as it comes, and without a word of the site's.
        for text in [whole.as_str(), &before, "{what}\n{advice}\n{link}", "{what}\n{advice}"] {
            let Ok(own) = NoticeTemplate::parse(form, Some(&subject), text)
                .or_else(|_| NoticeTemplate::parse(form, None, text))
            else {
                continue;
            };
            let contact = Contact::new(name.clone(), language.tag().to_owned(), None);
            let url = "https://www.example.com/not-me?a=1&token=abc-_";
            let link = has_link.then_some(url);
            let mail = notice_mail(&notice, &contact, &user(), &name, link, Some(&own));
            let ours = notice_mail(&notice, &contact, &user(), "", link, None);
            // What happened, what to do, and where to say that it was somebody else: as ours have them.
            let (title, rest) = ours.text.split_once("\n\n").unwrap();
            prop_assert!(mail.text.lines().any(|it| it == title), "{}", *mail.text);
            let shown = texts(language).advice(kind);
            if is_theirs {
                prop_assert!(mail.text.lines().any(|it| it == shown), "{}", *mail.text);
            }
            let links = usize::from(is_theirs && has_link && kind != NoticeKind::EnrolmentReminder);
            prop_assert_eq!(mail.text.lines().filter(|it| *it == url).count(), links);
            prop_assert_eq!(rest.matches(url).count(), links);
            // Every fact is there, in its line or where the site placed it.
            for value in ["2027-01-15 08:00", "192.0.2.•••", "Firefox"] {
                if ours.text.contains(value) {
                    prop_assert!(mail.text.contains(value), "{value} in {}", *mail.text);
                }
            }
            prop_assert!(!mail.subject.is_empty() && !mail.subject.chars().any(char::is_control));
            let never = ['<', '>', '{', '}', '@'];
            prop_assert!(!mail.subject.contains(never));
            let escaped = url.replace('&', "&amp;");
            let (text, html) = (mail.text.replace(url, ""), mail.html.replace(&escaped, ""));
            for part in [&text, &html, &mail.subject] {
                let part = part.to_lowercase();
                for word in ["http", "www."] {
                    prop_assert!(!part.contains(word), "{word} in {part}");
                }
                let never = ['\r', '\0', '{', '}'];
                prop_assert!(!part.contains(never));
            }
            prop_assert_eq!(html.matches("<a ").count(), links);
            for piece in mail.html.split('<').skip(1) {
                let tag = piece.split([' ', '>']).next().unwrap().trim_start_matches('/');
                let ours = ["!DOCTYPE", "html", "head", "meta", "title", "body", "div", "p", "a", "br"];
                prop_assert!(ours.contains(&tag), "{tag}");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_people_are_called_there_is_no_link_and_no_number(
        language in proptest::sample::select(Language::ALL.to_vec()),
        kind in proptest::sample::select(NoticeKind::ALL.to_vec()),
        text in r"(\PC|\pC|https?://|www\.|[a-zא-ת<>&.@:/\n\r0-9]){0,60}",
        digits in "[1-9][0-9]{6}",
        is_theirs: bool,
    ) {
        let number = format!("+49151{digits}9");
        let audience = if is_theirs { Audience::User } else { Audience::Administrators };
        let changes = [
            change(Method::Sms, "", &number),
            change(Method::Email, &text, "anna@www.example.org"),
            Change { by: text.clone(), ..change(Method::Totp, &text, "") },
        ];
        let notice = notice(kind, audience, language.tag(), changes.to_vec());
        let contact = Contact::new(text, language.tag().to_owned(), None);
        let mail = notice_mail(&notice, &contact, &user(), "", None, None);
        prop_assert!(!mail.subject.chars().any(char::is_control));
        for part in [&mail.text, &mail.html] {
            prop_assert!(!part.contains(&digits), "{}", part.as_str());
            let part = part.to_lowercase();
            for word in ["http", "www.", "href", "src=", "url(", "<img", "<script", "<link", "<a"] {
                prop_assert!(!part.contains(word), "{word} in {part}");
            }
            prop_assert!(!part.contains(['\r', '\0']));
        }
    }
}

/// "Not you? Call +49 900 …" as the name of a factor would stand in a genuine mail.
#[test]
fn a_name_in_a_mail_stands_in_quotes_and_has_no_number_that_could_be_called() {
    let name = "Not you? Call +49 900 1234567 or ٠١٢٣٤٥٦ now";
    for language in Language::ALL {
        let mut change = change(Method::Totp, name, "");
        change.by = name.to_owned();
        let (before, after) = texts(language).quotes;
        for audience in [Audience::User, Audience::Administrators] {
            let mut notice = notice(
                NoticeKind::Renamed,
                audience,
                language.tag(),
                vec![change.clone()],
            );
            notice.ip = None;
            let contact = Contact::new(name.to_owned(), "en".to_owned(), None);
            let mail = notice_mail(&notice, &contact, &user(), "", None, None);
            let lines = mail.text.lines().filter(|it| it.contains("Call"));
            let mut found = 0;
            for line in lines {
                let digits = line.replace("(7)", "");
                let digits = digits.chars().filter(|c| c.is_numeric()).count();
                assert_eq!(digits, 4, "{line}");
                found += usize::from(line.contains(before) && line.contains(after));
            }
            assert_eq!(found, 2);
        }
    }
    assert_eq!(people_s_name("iPhone 15"), "iPhone 15");
    assert_eq!(people_s_name("+49 900 1234567"), "+49 90");
}

/// They read in the site's language, whatever somebody's account says.
#[test]
fn administrators_read_in_no_language_of_an_account() {
    let notice = notice(
        NoticeKind::PasswordSuspected,
        Audience::Administrators,
        "de",
        Vec::new(),
    );
    let mail = notice_mail(&notice, &contact("he"), &user(), "", None, None);
    assert!(mail.text.contains("Konto: anna (7)\n"), "{}", *mail.text);
}
