//! Providers in the store: changed by operators, seen by every process, never to be read.

use super::*;
use crate::sms::Channel;
use crate::store::{RawRowChange, Store, StoreUrl, Version};
use crate::types::Site;

const KEY_A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const KEY_B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const SECRET: &str = "canary-secret-0123456789";
const USER: &str = "SKcacacacacacacacacacacacacacacaca";

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn url(&self) -> String {
        format!("sqlite:{}/db", self.folder.path().display())
    }

    fn open(&self, keys: &str) -> Verifier {
        self.open_with(keys, &[])
    }

    fn open_with(&self, keys: &str, more: &[(&str, &str)]) -> Verifier {
        let url = self.url();
        let mut settings = vec![("store", url.as_str())];
        settings.extend_from_slice(more);
        let config = Config::parse(settings).unwrap();
        Verifier::open(config, Some(KeyRing::parse(keys).unwrap()), true).unwrap()
    }

    fn store(&self) -> Box<dyn Store> {
        store::open(&StoreUrl::parse(&self.url()).unwrap()).unwrap()
    }

    /// The sealed list and its version.
    fn row(&self) -> (Version, Vec<u8>) {
        let site = Site::new("default").unwrap();
        let found = self
            .store()
            .shared_rows(&site, &["providers".to_owned()])
            .unwrap();
        let row = found.into_iter().next().unwrap().unwrap();
        (row.version, row.body)
    }

    fn put(&self, expected: Version, body: Vec<u8>) {
        let site = Site::new("default").unwrap();
        let change = RawRowChange {
            name: "providers".to_owned(),
            expected: Some(expected),
            body,
            keep_until: None,
        };
        let swapped = self
            .store()
            .swap_shared_rows(&site, at(0), &[change])
            .unwrap();
        assert_eq!(swapped, store::Swap::Done);
    }
}

fn text(value: &str) -> Option<Value> {
    Some(Value::Text(Zeroizing::new(value.to_owned())))
}

fn changes(pairs: &[(&str, Option<Value>)]) -> Changes {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn twilio() -> Changes {
    changes(&[
        ("provider", text("twilio-verify")),
        ("user", text(USER)),
        ("secret", text(SECRET)),
        ("service", text("VA0123456789abcdef0123456789abcdef")),
    ])
}

fn sns(region: &str) -> Changes {
    changes(&[
        ("provider", text("sns")),
        ("access_key", text("AKIACANARYCANARY0000")),
        ("secret", text(SECRET)),
        ("region", text(region)),
    ])
}

fn names(verifier: &Verifier) -> Vec<String> {
    let found = verifier.providers(at(0)).unwrap();
    found.into_iter().map(|view| view.name).collect()
}

fn advice<T: fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Configuration(why)) => {
            // Nor do the errors below it hold a word of a secret.
            assert!(!format!("{why} {why:?}").contains("canary"), "{why:?}");
            why.to_string()
        }
        other => panic!("{other:?}"),
    }
}

fn events(verifier: &Verifier) -> Vec<(String, Option<String>, Option<String>)> {
    let mut rows = verifier.audit(None, 100, None).unwrap();
    rows.reverse();
    rows.into_iter()
        .map(|event| (event.kind, event.provider, event.reason))
        .collect()
}

#[test]
fn a_provider_is_added_changed_ordered_and_removed_and_each_is_in_the_audit() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    assert_eq!(names(&verifier), [""; 0]);
    verifier
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    verifier
        .save_provider(
            at(0),
            "spare",
            &sns("eu-central-1"),
            &Operator::on_server("anna"),
        )
        .unwrap();
    let channels = Some(Value::List(vec!["sms".to_owned(), "voice".to_owned()]));
    let change = changes(&[("channels", channels)]);
    verifier
        .save_provider(at(0), "main", &change, &Operator::on_server("anna"))
        .unwrap();
    let views = verifier.providers(at(0)).unwrap();
    assert_eq!(views[0].methods, [Method::Sms, Method::Voice]);
    assert_eq!((views[0].kind, views[1].kind), ("twilio-verify", "sns"));
    assert_eq!(views[0].secrets, ["user", "secret"]);
    assert_eq!(
        views[0].settings.iter().map(|(n, _)| n).collect::<Vec<_>>(),
        ["channels", "service"]
    );
    assert!(views[0].available && views[0].source == ProviderSource::Store);
    let order = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        verifier.order_providers(at(0), &names, &Operator::on_server("anna"))
    };
    for wrong in [
        &["main"][..],
        &[],
        &["main", "main"],
        &["main", "spare", "other"],
    ] {
        assert!(advice(order(wrong)).contains("every provider once"));
    }
    order(&["spare", "main"]).unwrap();
    order(&["spare", "main"]).unwrap();
    assert_eq!(names(&verifier), ["spare", "main"]);
    verifier
        .remove_provider(at(0), "main", &Operator::on_server("anna"))
        .unwrap();
    assert!(
        advice(verifier.remove_provider(at(0), "main", &Operator::on_server("anna")))
            .contains("no provider")
    );
    assert_eq!(names(&verifier), ["spare"]);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        events(&verifier),
        [
            (
                "provider.added",
                some("main"),
                "twilio-verify; set: user, secret, service"
            ),
            (
                "provider.added",
                some("spare"),
                "sns; set: access_key, secret, region"
            ),
            (
                "provider.changed",
                some("main"),
                "twilio-verify; set: channels"
            ),
            ("providers.ordered", None, "spare, main"),
            ("provider.removed", some("main"), "twilio-verify"),
        ]
        .map(|(kind, provider, reason)| (kind.to_owned(), provider, some(reason)))
    );
    assert!(verifier.providers_audit_is_intact().unwrap());
    // The chain is nobody's account.
    assert!(verifier.accounts(at(0), "", 10, None).unwrap().is_empty());
}

#[test]
fn no_user_of_a_host_has_the_providers_chain_for_an_account() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    verifier
        .save_provider(
            at(0),
            "main",
            &sns("eu-central-1"),
            &Operator::on_server("anna"),
        )
        .unwrap();
    for name in ["twofactor:providers", "providers", "store"] {
        let somebody = user(name);
        enrol(&verifier, &somebody);
        assert!(verifier.account(at(0), &somebody.id).unwrap().enrolled);
        let own = verifier.audit(Some(&somebody.id), 100, None).unwrap();
        assert!(own.iter().all(|event| event.user == somebody.id) && !own.is_empty());
        let listed = verifier.accounts(at(0), name, 10, None).unwrap();
        assert!(listed.iter().any(|found| found.user == somebody.id));
        assert_eq!(verifier.providers_audit(10, None).unwrap().len(), 1);
        // Nor does it go with somebody's account.
        verifier
            .reset(
                at(1),
                &somebody.id,
                &Operator::on_server("anna"),
                "lost phone",
            )
            .unwrap();
        assert_eq!(verifier.providers_audit(10, None).unwrap().len(), 1);
        assert!(verifier.providers_audit_is_intact().unwrap());
    }
    // Nobody's is in no list, wherever a page begins.
    for after in [None, Some(""), Some("\u{0}"), Some("\u{1}")] {
        let listed = verifier.accounts(at(0), "", 10, after).unwrap();
        assert_eq!(listed.len(), 3, "{after:?}");
    }
    let everything = verifier.audit(None, 1000, None).unwrap();
    let nobody_s = everything.iter().filter(|it| it.user.for_host().is_empty());
    assert_eq!(nobody_s.count(), 1);
}

#[test]
fn whoever_changes_a_provider_says_who_they_are() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    for by in ["", " ", "\n"] {
        for answer in [
            verifier.save_provider(at(0), "main", &twilio(), &Operator::on_server(by)),
            verifier.remove_provider(at(0), "main", &Operator::on_server(by)),
            verifier.order_providers(at(0), &[], &Operator::on_server(by)),
        ] {
            assert!(matches!(answer, Err(Error::Invalid { argument: "by", .. })));
        }
    }
    assert!(events(&verifier).is_empty());
}

#[test]
fn what_cannot_work_is_not_kept_and_the_advice_repeats_no_value() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    let with = |name: &str, value: Option<Value>| {
        let mut all = twilio();
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), value));
        all
    };
    for (name, settings, expected) in [
        ("main", with("secret", None), "main: `secret` is missing"),
        (
            "main",
            with("secret", text("canary with a space")),
            "main: Twilio",
        ),
        (
            "main",
            with("secret", Some(Value::Number(7))),
            "main: `secret` must be a text",
        ),
        (
            "main",
            with("service", text("canary")),
            "main: Twilio Verify: the service",
        ),
        (
            "main",
            with("sekret", text("canary")),
            "main: `sekret` is no setting of twilio-verify",
        ),
        (
            "main",
            with("canary-Secret-9", text("x")),
            "main: `…` is no setting",
        ),
        (
            "main",
            with("region", text("canary")),
            "main: `region` is no setting",
        ),
        (
            "main",
            with("channels", text("sms")),
            "main: `channels` must be a list of: sms",
        ),
        (
            "main",
            with("channels", Some(Value::List(vec!["canary".into()]))),
            "main: `channels`",
        ),
        (
            "main",
            with("provider", text("canary")),
            "main: `provider` must be one of",
        ),
        (
            "main",
            with("provider", None),
            "main: `provider` must be one of",
        ),
        (
            "main",
            with("name", text("canary")),
            "main: `name` cannot be changed",
        ),
        (
            "main",
            with("url", text("http://canary.example")),
            "main: Twilio: the provider's address",
        ),
        (
            "main",
            changes(&[("secret", text("canary"))]),
            "main: `provider` is missing",
        ),
        ("canary name", twilio(), "the name of a provider must be"),
        ("", twilio(), "the name of a provider must be"),
        (
            "main",
            changes(&[
                ("provider", text("development")),
                ("file", text("/tmp/x/y")),
            ]),
            "twofactor.development is not 1",
        ),
    ] {
        let why =
            advice(verifier.save_provider(at(0), name, &settings, &Operator::on_server("anna")));
        assert!(why.contains(expected), "{why}");
    }
    assert!(names(&verifier).is_empty() && events(&verifier).is_empty());
    // A change that would break what works leaves it as it was.
    verifier
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let before = place.row();
    let change = changes(&[("service", None)]);
    let why = advice(verifier.save_provider(at(0), "main", &change, &Operator::on_server("anna")));
    assert!(why.contains("`service` is missing"), "{why}");
    assert_eq!(place.row(), before);
    assert_eq!(events(&verifier).len(), 1);
}

/// Whoever may change a provider could otherwise have its secret sent to a server of theirs.
#[test]
fn a_new_address_and_a_new_kind_take_the_secrets_anew() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    verifier
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let mut elsewhere = changes(&[("url", text("https://elsewhere.example"))]);
    let why =
        advice(verifier.save_provider(at(0), "main", &elsewhere, &Operator::on_server("anna")));
    assert!(why.contains("give `user` and `secret` again"), "{why}");
    elsewhere.push(("secret".to_owned(), text(SECRET)));
    let why =
        advice(verifier.save_provider(at(0), "main", &elsewhere, &Operator::on_server("anna")));
    assert!(why.contains("give `user` again"), "{why}");
    elsewhere.push(("user".to_owned(), text(USER)));
    verifier
        .save_provider(at(0), "main", &elsewhere, &Operator::on_server("anna"))
        .unwrap();
    // Back again is a change of the address as well; the same again is none.
    let back = changes(&[("url", None)]);
    advice(verifier.save_provider(at(0), "main", &back, &Operator::on_server("anna")));
    let same = changes(&[("url", text("https://elsewhere.example"))]);
    verifier
        .save_provider(at(0), "main", &same, &Operator::on_server("anna"))
        .unwrap();
    let other = changes(&[("provider", text("twilio-messaging"))]);
    let why = advice(verifier.save_provider(at(0), "main", &other, &Operator::on_server("anna")));
    assert!(why.contains("is missing"), "{why}");
    let mut kind = sns("us-east-1");
    kind.retain(|(name, _)| name != "secret");
    let why = advice(verifier.save_provider(at(0), "main", &kind, &Operator::on_server("anna")));
    assert!(why.contains("`secret` is missing"), "{why}");
    verifier
        .save_provider(
            at(0),
            "main",
            &sns("us-east-1"),
            &Operator::on_server("anna"),
        )
        .unwrap();
    let view = &verifier.providers(at(0)).unwrap()[0];
    assert_eq!((view.kind, view.settings.len()), ("sns", 1));
}

#[test]
fn what_another_process_changes_is_seen_and_what_it_leaves_keeps_its_connections() {
    let place = Fixture::new();
    let (one, two) = (place.open(KEY_A), place.open(KEY_A));
    assert!(matches!(
        one.offered(Method::Sms, at(0)),
        Err(Error::Denied(Denied::NotSent { reason: "method" }))
    ));
    two.save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    one.offered(Method::Sms, at(0)).unwrap();
    // Where a provider lies in memory says whether it is the same one.
    let address = |verifier: &Verifier, name: &str| {
        let found = verifier.providers.with(name, |found| match found {
            Provider::Verification(checker) => format!("{:p}", &raw const **checker),
            Provider::Message(carrier) => format!("{:p}", &raw const **carrier),
        });
        found.unwrap()
    };
    let before = address(&one, "main");
    two.save_provider(
        at(0),
        "spare",
        &sns("us-east-1"),
        &Operator::on_server("anna"),
    )
    .unwrap();
    two.order_providers(
        at(0),
        &["spare".into(), "main".into()],
        &Operator::on_server("anna"),
    )
    .unwrap();
    one.offered(Method::Sms, at(0)).unwrap();
    assert_eq!(one.providers.names(), ["spare", "main"]);
    assert_eq!(address(&one, "main"), before);
    let spare = address(&one, "spare");
    two.save_provider(
        at(0),
        "main",
        &changes(&[("channels", Some(Value::List(vec!["voice".into()])))]),
        &Operator::on_server("anna"),
    )
    .unwrap();
    one.offered(Method::Voice, at(0)).unwrap();
    assert!(one.providers.offers(Channel::Sms), "by the spare one");
    assert_eq!(address(&one, "spare"), spare);
    two.remove_provider(at(0), "*", &Operator::on_server("anna"))
        .unwrap();
    assert!(one.offered(Method::Sms, at(0)).is_err());
    assert!(one.providers.names().is_empty());
}

/// Somebody whose number is proven, by a provider that is then gone.
fn enrolled_by_sms(place: &Fixture, keys: &str) {
    let file = place.folder.path().join("messages");
    let more = [("development", "1")];
    let verifier = place.open_with(keys, &more);
    let settings = changes(&[
        ("provider", text("development")),
        ("file", text(file.to_str().unwrap())),
    ]);
    verifier
        .save_provider(at(0), "file", &settings, &Operator::on_server("anna"))
        .unwrap();
    let number = PhoneNumber::parse("+4915123456789", None).unwrap();
    let sent = verifier
        .start_phone(at(0), &user("7"), &number, Method::Sms, &client(), None)
        .unwrap();
    let line = std::fs::read_to_string(&file).unwrap();
    let message: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
    let code = message["code"].as_str().unwrap();
    verifier
        .confirm_phone(at(1), &sent.token, code, &client())
        .unwrap();
}

#[test]
fn a_list_that_does_not_open_sends_nothing_and_lets_nobody_in() {
    for damage in ["bit", "older", "moved"] {
        let place = Fixture::new();
        let more = [("development", "1")];
        enrolled_by_sms(&place, KEY_A);
        let verifier = place.open_with(KEY_A, &more);
        let login = verifier
            .begin_login(at(100), &user("7"), &client())
            .unwrap();
        assert_eq!(login.methods, [Method::Sms, Method::BackupCode]);
        let (version, body) = place.row();
        match damage {
            "bit" => {
                let mut body = body;
                let last = body.len() - 1;
                body[last] ^= 1;
                place.put(version, body);
            }
            // As it was, under a later version.
            "older" => place.put(version, body),
            _ => {
                let other = Config::parse([("store", "memory:"), ("site", "other")]).unwrap();
                let ring = KeyRing::parse(KEY_A).unwrap();
                let other = Verifier::open(other, Some(ring), true).unwrap();
                // Twice, so that the versions agree and only the site does not.
                for name in ["main", "spare"] {
                    other
                        .save_provider(at(0), name, &twilio(), &Operator::on_server("anna"))
                        .unwrap();
                }
                let row = other.rows.stored("providers").unwrap();
                assert_eq!(row.version, version.next());
                place.put(version, row.body);
            }
        }
        let operators = advice(verifier.providers(at(100)));
        assert!(operators.contains("cannot be opened"), "{operators}");
        let login = verifier
            .begin_login(at(100), &user("7"), &client())
            .unwrap();
        assert_eq!(login.state, LoginState::ChallengeRequired, "{damage}");
        assert_eq!(login.methods, [Method::BackupCode]);
        let sent = verifier.send_code(at(100), &login.challenge, Method::Sms, &client());
        assert!(
            matches!(sent, Err(Error::Unavailable(why)) if why.to_string().contains("cannot be opened"))
        );
        let check = verifier.health(Ok(at(100)));
        let check = check
            .iter()
            .find(|check| check.name == "providers")
            .unwrap();
        assert_eq!(check.status, HealthStatus::Problem);
        // Nothing is changed by accident; all may be thrown away on purpose.
        advice(verifier.save_provider(at(100), "main", &twilio(), &Operator::on_server("anna")));
        advice(verifier.remove_provider(at(100), "file", &Operator::on_server("anna")));
        advice(verifier.order_providers(at(100), &[], &Operator::on_server("anna")));
        verifier
            .remove_provider(at(100), "*", &Operator::on_server("anna"))
            .unwrap();
        verifier
            .save_provider(at(100), "main", &twilio(), &Operator::on_server("anna"))
            .unwrap();
        assert_eq!(names(&verifier), ["main"]);
        let login = verifier
            .begin_login(at(200), &user("7"), &client())
            .unwrap();
        assert_eq!(login.methods, [Method::Sms, Method::BackupCode]);
    }
}

#[test]
fn a_key_that_is_missing_is_no_empty_list() {
    let place = Fixture::new();
    place
        .open(KEY_A)
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let verifier = place.open(KEY_B);
    let why = advice(verifier.providers(at(0)));
    assert!(why.contains("key that is not in the key file"), "{why}");
    let sent = verifier.offered(Method::Sms, at(0));
    assert!(matches!(sent, Err(Error::Unavailable(_))));
}

#[test]
fn an_old_key_opens_and_the_first_one_seals_at_the_next_use() {
    let place = Fixture::new();
    place
        .open(KEY_A)
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let sealed_by = || crate::crypto::key_of(&place.row().1).unwrap().to_owned();
    assert_eq!(sealed_by(), "a");
    let verifier = place.open(&format!("{KEY_B}\n{KEY_A}"));
    assert_eq!(names(&verifier), ["main"]);
    assert_eq!(sealed_by(), "b");
    let version = place.row().0;
    assert_eq!(names(&verifier), ["main"]);
    assert_eq!(place.row().0, version, "once");
    // The old key is needed no more, not for changes either.
    let verifier = place.open(KEY_B);
    assert_eq!(names(&verifier), ["main"]);
    verifier
        .remove_provider(at(0), "main", &Operator::on_server("anna"))
        .unwrap();
    let kinds: Vec<_> = events(&verifier).into_iter().map(|event| event.0).collect();
    assert_eq!(
        kinds,
        ["provider.added", "providers.resealed", "provider.removed"]
    );
    assert!(verifier.providers_audit_is_intact().unwrap());
}

#[test]
fn a_list_that_is_given_otherwise_cannot_be_changed_here() {
    let place = Fixture::new();
    place
        .open(KEY_A)
        .save_provider(at(0), "stored", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let list = format!(
        r#"[{{"provider": "sns", "access_key": "AKIACANARYCANARY0000", "secret": "{SECRET}", "region": "us-east-1", "sender_id": null}}]"#
    );
    let text = || Zeroizing::new(list.clone().into_bytes());
    let url = place.url();
    let config = |more: &[(&str, &str)]| {
        let mut settings = vec![("store", url.as_str())];
        settings.extend_from_slice(more);
        Config::parse(settings).unwrap()
    };
    let ring = || Some(KeyRing::parse(KEY_A).unwrap());
    let environment = Some(ProviderList::Environment(text()));
    let file = Some(ProviderList::File(text()));
    // The file cannot be read by now: what was read when the process started counts.
    let named = [("providers_file", "/nonexistent/providers.json")];
    for (config, given, source, place) in [
        (
            config(&[]),
            environment,
            ProviderSource::Environment,
            "TWOFACTOR_PROVIDERS",
        ),
        (
            config(&named),
            file,
            ProviderSource::File,
            "/nonexistent/providers.json",
        ),
    ] {
        let verifier = Verifier::open_with(config, ring(), given, true).unwrap();
        let views = verifier.providers(at(0)).unwrap();
        assert_eq!(views.len(), 1);
        assert_eq!((views[0].name.as_str(), views[0].source), ("sns", source));
        assert_eq!(views[0].secrets, ["access_key", "secret"]);
        for answer in [
            verifier.save_provider(at(0), "main", &twilio(), &Operator::on_server("anna")),
            verifier.remove_provider(at(0), "*", &Operator::on_server("anna")),
            verifier.order_providers(at(0), &[], &Operator::on_server("anna")),
        ] {
            assert!(advice(answer).contains(place));
        }
    }
    let given = Some(ProviderList::Environment(text()));
    let answer = Verifier::open_with(config(&named), ring(), given, true);
    assert!(
        advice(answer).contains("cannot be read"),
        "the file comes first"
    );
    let given = Some(ProviderList::Environment(Zeroizing::new(
        b"[{\"provider\": \"canary".to_vec(),
    )));
    let answer = Verifier::open_with(config(&[]), ring(), given, true);
    assert!(advice(answer).starts_with("the environment variable TWOFACTOR_PROVIDERS: line 1"));
}

#[test]
fn an_entry_that_cannot_be_used_any_more_is_left_out_and_named() {
    let place = Fixture::new();
    enrolled_by_sms(&place, KEY_A);
    let verifier = place.open(KEY_A);
    verifier
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    let views = verifier.providers(at(0)).unwrap();
    assert!(!views[0].available && views[0].methods.is_empty());
    assert!(views[1].available);
    let checks = verifier.health(Ok(at(0)));
    let check = checks
        .iter()
        .find(|check| check.name == "providers")
        .unwrap();
    assert_eq!(check.status, HealthStatus::Warning);
    assert!(
        check
            .message
            .starts_with("file cannot be used: it writes codes")
    );
    assert!(advice(verifier.check_provider(at(0), "file")).contains("twofactor.development"));
    verifier
        .remove_provider(at(0), "file", &Operator::on_server("anna"))
        .unwrap();
    assert_eq!(names(&verifier), ["main"]);
}

#[test]
fn a_list_that_is_too_long_is_refused() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    let long = "x".repeat(4_000);
    let mut settings = sns("us-east-1");
    settings.push(("session_token".to_owned(), text(&long)));
    let mut count = 0;
    let why = loop {
        count += 1;
        match verifier.save_provider(
            at(0),
            &format!("p{count}"),
            &settings,
            &Operator::on_server("anna"),
        ) {
            Ok(()) => {}
            other => break advice(other),
        }
    };
    assert!(why.contains("64 KiB") && count > 10, "{count} {why}");
    assert_eq!(names(&verifier).len(), count - 1);
    assert_eq!(events(&verifier).len(), count - 1);
}

#[test]
fn canary_credentials_are_nowhere_to_be_seen() {
    let place = Fixture::new();
    let verifier = place.open(KEY_A);
    verifier
        .save_provider(at(0), "main", &twilio(), &Operator::on_server("anna"))
        .unwrap();
    verifier
        .save_provider(
            at(0),
            "spare",
            &sns("us-east-1"),
            &Operator::on_server("anna"),
        )
        .unwrap();
    let mut shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        verifier,
        twilio(),
        verifier.providers(at(0)),
        verifier.audit(None, 100, None),
        verifier.health(Ok(at(0))),
        ProviderList::File(Zeroizing::new(SECRET.as_bytes().to_vec())),
    )
    .into_bytes();
    for entry in std::fs::read_dir(place.folder.path()).unwrap() {
        shown.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds = |needle: &str| {
        shown
            .windows(needle.len())
            .any(|it| it == needle.as_bytes())
    };
    assert!(holds("provider.added"));
    for secret in [&SECRET[..12], &USER[..12], "AKIACANARY"] {
        assert!(!holds(secret), "{secret}");
    }
}
