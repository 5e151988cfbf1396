use super::*;

fn settings() -> HttpApiSettings {
    HttpApiSettings {
        url: "https://carrier.example/v1/send".to_owned(),
        headers: vec!["Authorization: Bearer {secret}".to_owned()],
        json: Some(r#"{"to": "{number}", "text": "{text}"}"#.to_owned()),
        secret: Some(Zeroizing::new("canary".to_owned())),
        replies: vec!["taken: 200".to_owned()],
        ..HttpApiSettings::default()
    }
}

fn with(change: impl FnOnce(&mut HttpApiSettings)) -> Result<HttpApi, SettingError> {
    let mut settings = settings();
    change(&mut settings);
    HttpApi::new(&settings)
}

#[test]
fn settings_that_can_work_are_taken() {
    for change in [
        (|_| {}) as fn(&mut HttpApiSettings),
        |s| s.url = "https://carrier.example:8443/a/{digits}?b={id}".to_owned(),
        |s| s.url = "http://127.0.0.1:8080/".to_owned(),
        |s| s.check_url = Some("https://carrier.example/v1/me?k={secret}".to_owned()),
        |s| {
            s.json = None;
            s.form = vec!["to={number}".to_owned(), "text={text}".to_owned()];
        },
        |s| s.headers.push("X-Request-Id: {id}".to_owned()),
        |s| {
            s.user = Some(Zeroizing::new("me".to_owned()));
            s.headers = vec!["authorization: Basic {basic}".to_owned()];
        },
    ] {
        assert!(with(change).is_ok());
    }
}

#[test]
fn settings_that_cannot_work_are_refused_without_a_value() {
    let json = |text: &str| Some(text.to_owned());
    type Change = fn(&mut HttpApiSettings);
    let refused: [(&str, Change); 30] = [
        ("`url` must be https://", |s| {
            s.url = "http://carrier.example/canary".to_owned()
        }),
        ("`url` must be https://", |s| {
            s.url = "https://carrier.example".to_owned()
        }),
        ("`url` must be https://", |s| {
            s.url = "https://{user}.example/canary".to_owned()
        }),
        ("`url` must be https://", |s| {
            s.url = "https://me:canary@carrier.example/".to_owned()
        }),
        ("`url` must be https://", |s| {
            s.url = "https://carrier.example/#canary".to_owned()
        }),
        ("`url` must be https://", |s| {
            s.url = "https://carrier.example/a b".to_owned()
        }),
        ("looks like a secret", |s| {
            s.url = "https://carrier.example/?api_key=canary".to_owned()
        }),
        ("looks like a secret", |s| {
            s.headers = vec!["X-Api-Key: canary".to_owned()]
        }),
        ("looks like a secret", |s| {
            s.headers = vec!["Authorization: Bearer canary".to_owned()]
        }),
        ("looks like a secret", |s| {
            s.json = None;
            s.form = vec!["password=canary".to_owned()];
        }),
        ("looks like a secret", |s| {
            s.json = Some(r#"{"to": "{number}", "auth": [{"accessToken": "canary"}]}"#.to_owned());
        }),
        ("not for a setting to say", |s| {
            s.headers.push("Host: canary".to_owned())
        }),
        ("not for a setting to say", |s| {
            s.headers.push("content-length: 1".to_owned())
        }),
        ("not for a setting to say", |s| {
            s.headers.push("Proxy-Connection: x".to_owned())
        }),
        ("lines like Name: value", |s| {
            s.headers.push("canary".to_owned())
        }),
        ("a name has letters", |s| {
            s.headers.push("X Y: canary".to_owned())
        }),
        ("visible letters of ASCII", |s| {
            s.headers.push("X: canary\u{e9}".to_owned())
        }),
        ("no header can have that value", |s| {
            s.headers.push("X: {text}".to_owned())
        }),
        ("there is no value {nummer}", |s| {
            s.json = Some(r#"{"to": "{nummer}", "text": "{text}"}"#.to_owned());
        }),
        ("must be JSON", |s| {
            s.json = Some("{number} {text} canary".to_owned())
        }),
        ("where the number goes", |s| {
            s.json = Some(r#"{"text": "{text}"}"#.to_owned())
        }),
        ("where the message goes", |s| {
            s.json = Some(r#"{"to": "{number}"}"#.to_owned())
        }),
        ("not both", |s| s.form = vec!["a=canary".to_owned()]),
        ("has no body", |s| s.is_get = true),
        ("`secret` is missing", |s| s.secret = None),
        ("{user} is named nowhere", |s| {
            s.user = Some(Zeroizing::new("canary".to_owned()))
        }),
        ("visible letters", |s| {
            s.secret = Some(Zeroizing::new("canary\u{e9}".to_owned()))
        }),
        ("no line that says when a message is taken", |s| {
            s.replies = vec!["later: 429".to_owned()];
        }),
        ("`replies`, line 2", |s| {
            s.replies.push("taken: 500".to_owned())
        }),
        ("on the host of `url`", |s| {
            s.check_url = Some("https://carrier.example.evil.example/canary".to_owned());
        }),
    ];
    for (wanted, change) in refused {
        let error = with(change).unwrap_err().to_string();
        assert!(error.contains(wanted), "{wanted}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let error = with(|s| s.json = json("[]")).unwrap_err().to_string();
    assert!(error.contains("where the number goes"), "{error}");
}

#[test]
fn nothing_shows_a_credential() {
    let it = with(|_| {}).unwrap();
    let shown = format!("{it:?} {:?}", settings());
    assert!(
        !shown.contains("canary") && !shown.contains("carrier"),
        "{shown}"
    );
}
