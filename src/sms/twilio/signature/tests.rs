//! Signatures of reports, and what reports say.

use super::*;
use proptest::prelude::*;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM: &[u8] = b"Digits=1234&To=%2B18005551212&CallSid=CA1234567890ABCDE&\
        Caller=%2B14158675309&From=%2B14158675309";
const SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

fn token() -> Zeroizing<String> {
    Zeroizing::new("12345".to_owned())
}

fn genuine(url: &str, body: Body<'_>, signature: &str) -> bool {
    let webhook = Webhook {
        url,
        signature,
        body,
    };
    assert!(!format!("{webhook:?}").contains("CA1234"));
    webhook.is_genuine(&token())
}

/// The signature over a text, by the definition.
fn signed(text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(token().as_bytes()).unwrap();
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

#[test]
fn the_published_example_is_genuine_and_nothing_near_it() {
    assert!(genuine(URL, Body::Form(FORM), SIGNATURE));
    for bit in 0..SIGNATURE.len() * 8 {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[bit / 8] ^= 1 << (bit % 8);
        if let Ok(signature) = std::str::from_utf8(&signature) {
            assert!(!genuine(URL, Body::Form(FORM), signature), "{signature}");
        }
    }
    for bit in 0..FORM.len() * 8 {
        let mut form = FORM.to_vec();
        form[bit / 8] ^= 1 << (bit % 8);
        // %2b is +, too.
        if form_decoded(&form) != form_decoded(FORM) || fields(&form) != fields(FORM) {
            assert!(!genuine(URL, Body::Form(&form), SIGNATURE), "bit {bit}");
        }
    }
    for signature in [
        "",
        "=",
        "RSOYDt4T1cUTdK1PDd93/VVr8B8",
        " RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ] {
        assert!(!genuine(URL, Body::Form(FORM), signature));
    }
    for url in [
        "https://mycompany.com/myapp.php?foo=1",
        "http://mycompany.com/myapp.php?foo=1&bar=2",
        "https://mycompany.com:444/myapp.php?foo=1&bar=2",
        "https://MyCompany.com/myapp.php?foo=1&bar=2",
        "",
    ] {
        assert!(!genuine(url, Body::Form(FORM), SIGNATURE), "{url}");
    }
    assert!(!genuine(URL, Body::Json(FORM), SIGNATURE));
    let webhook = Webhook {
        url: URL,
        signature: SIGNATURE,
        body: Body::Form(FORM),
    };
    assert!(!webhook.is_genuine(&Zeroizing::new("12346".to_owned())));
    // Without a token everybody could sign.
    let nobody = Hmac::<Sha1>::new_from_slice(b"").unwrap();
    let nobody = BASE64.encode(&nobody.chain_update(URL).finalize().into_bytes());
    let webhook = Webhook {
        url: URL,
        signature: &nobody,
        body: Body::Form(b""),
    };
    assert!(!webhook.is_genuine(&Zeroizing::default()));
}

#[test]
fn the_default_port_may_be_there_or_not() {
    for (url, others) in [
        ("https://a/b?c", vec!["https://a:443/b?c"]),
        ("https://a:443/b?c", vec!["https://a/b?c"]),
        ("http://a/b:c", vec!["http://a:80/b:c"]),
        ("http://a:80", vec!["http://a"]),
        ("https://a:80/", vec![]),
        ("https://a:8443/", vec![]),
        ("https://a?b=c:443", vec!["https://a:443?b=c:443"]),
        ("https://[::1]/a", vec!["https://[::1]:443/a"]),
        ("https://[::1]:443/a", vec!["https://[::1]/a"]),
        ("https://[::1]:8443/a", vec![]),
        ("ftp://a/", vec![]),
    ] {
        let mut expected = vec![url.to_owned()];
        expected.extend(others.iter().map(|other| (*other).to_owned()));
        assert_eq!(ways(url), expected);
        for way in &expected {
            let signature = signed(&format!("{way}A1"));
            assert!(genuine(url, Body::Form(b"A=1"), &signature), "{way}");
        }
    }
}

#[test]
fn fields_are_sorted_and_repeated_values_count_once() {
    let signature = signed(&format!("{URL}A1A2B B+b"));
    for form in [
        "A=1&A=2&B=+B%2b&b=",
        "b&B=+B%2b&A=2&A=1&A=1",
        "A=2&&A=1&A=2&b=&B=%20B%2B&",
    ] {
        assert!(
            genuine(URL, Body::Form(form.as_bytes()), &signature),
            "{form}"
        );
    }
    for form in [
        "A=1&B=+B%2b&b=",
        "A=1&A=2&B=+B%2&b=",
        "A=1&A=2&B=+B%zz&b=",
        "A=%ff",
    ] {
        assert!(
            !genuine(URL, Body::Form(form.as_bytes()), &signature),
            "{form}"
        );
    }
    assert!(genuine(URL, Body::Form(b""), &signed(URL)));
}

#[test]
fn json_is_signed_by_its_hash_in_the_url() {
    let json = br#"{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}"#;
    // The hash is that of Twilio's own example.
    let hash = "bodySHA256=5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9";
    for (url, joint) in [("https://example.com/myapp", '?'), (URL, '&')] {
        let signature = signed(&format!("{url}{joint}{hash}"));
        assert!(genuine(url, Body::Json(json), &signature));
        assert!(!genuine(url, Body::Json(b"{}"), &signature));
        assert!(!genuine(url, Body::Json(json), &signed(url)));
    }
    let with_port = signed(&format!("https://example.com:443/myapp?{hash}"));
    assert!(genuine(
        "https://example.com/myapp",
        Body::Json(json),
        &with_port
    ));
}

#[test]
fn too_long_a_report_is_not_looked_at() {
    let long = vec![b'&'; LONGEST + 1];
    assert!(!genuine(URL, Body::Form(&long), &signed(URL)));
    assert!(genuine(URL, Body::Form(&long[1..]), &signed(URL)));
    assert!(!genuine(URL, Body::Json(&long), &signed(URL)));
    assert_eq!(StatusReport::read(&long), None);
}

fn report(form: &str) -> Option<StatusReport> {
    StatusReport::read(form.as_bytes())
}

const ID: &str = "SM0123456789abcdef0123456789abcdef";

#[test]
fn a_report_says_how_far_a_message_has_come() {
    let full = format!(
        "MessageSid={ID}&MessageStatus=undelivered&ErrorCode=30005&Price=-0.00750&PriceUnit=usd&To=x"
    );
    assert_eq!(
        report(&full),
        Some(StatusReport {
            id: ID.to_owned(),
            delivery: MessageStatus::Undelivered,
            error: Some(30005),
            price: Some(("0.00750".to_owned(), "USD".to_owned())),
        })
    );
    let call = format!("CallSid={}&CallStatus=no-answer", ID.replace("SM", "CA"));
    assert_eq!(report(&call).unwrap().delivery, MessageStatus::Undelivered);
    for (word, delivery) in [
        ("queued", MessageStatus::Queued),
        ("accepted", MessageStatus::Accepted),
        ("sending", MessageStatus::Sending),
        ("sent", MessageStatus::Sent),
        ("delivered", MessageStatus::Delivered),
        ("read", MessageStatus::Delivered),
        ("failed", MessageStatus::Failed),
    ] {
        let read = report(&format!("MessageSid={ID}&MessageStatus={word}&ErrorCode=")).unwrap();
        assert_eq!(
            (read.delivery, read.error, read.price),
            (delivery, None, None)
        );
    }
}

#[test]
fn a_report_that_is_not_clear_is_none() {
    for form in [
        "",
        "MessageSid=SM1&MessageStatus=sent",
        &format!("MessageSid={ID}"),
        &format!("MessageStatus=sent&MessageSid={ID}&MessageSid={ID}"),
        &format!("MessageStatus=sent&MessageStatus=failed&MessageSid={ID}"),
        &format!("MessageSid={ID}&MessageStatus=Sent"),
        &format!("MessageSid={ID}&MessageStatus=received"),
        &format!("MessageSid={ID}&CallStatus=completed"),
        &format!("CallSid={ID}&CallStatus=completed"),
        &format!("MessageSid={ID}&MessageStatus=sent&ErrorCode=x"),
        &format!("MessageSid={}&MessageStatus=sent", ID.replace("SM", "VE")),
        &format!(
            "MessageSid={ID}&MessageStatus=sent&CallSid={}&CallStatus=completed",
            ID.replace("SM", "CA")
        ),
    ] {
        assert_eq!(report(form), None, "{form}");
    }
    for price in [
        "Price=1e3",
        "Price=&PriceUnit=USD",
        "Price=1&PriceUnit=US",
        "Price=--1&PriceUnit=USD",
    ] {
        let read = report(&format!("MessageSid={ID}&MessageStatus=sent&{price}"));
        assert_eq!(read.unwrap().price, None, "{price}");
    }
}

#[test]
fn a_message_never_goes_back() {
    use MessageStatus as D;
    let order = [D::Queued, D::Accepted, D::Sending, D::Sent];
    let ends = [D::Delivered, D::Undelivered, D::Failed];
    for (index, earlier) in order.iter().enumerate() {
        for later in order.iter().skip(index + 1).chain(&ends) {
            assert!(later.rank() > earlier.rank());
        }
    }
    // Of the three ends the first one stays.
    assert!(ends.iter().all(|end| end.rank() == LAST));
}

#[test]
fn a_report_that_was_posted_is_read_when_it_is_genuine() {
    let form = format!(
        "MessageSid={ID}&MessageStatus=undelivered&ErrorCode=30005&Price=-0.00750&PriceUnit=usd"
    );
    let pairs = fields(form.as_bytes()).unwrap();
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    let text: String = sorted.iter().flat_map(|(n, v)| [n.as_str(), v]).collect();
    let signature = signed(&(URL.to_owned() + &text));
    let post = |headers: &[(&str, &str)], body: &str| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        super::report(
            URL,
            &token(),
            &Post {
                headers: &headers,
                body: body.as_bytes(),
            },
        )
    };
    let read = post(&[("x-twilio-signature", &signature)], &form).unwrap();
    assert_eq!((read.id.as_str(), read.rank), (ID, LAST));
    assert_eq!(
        (read.status, read.delivered, read.detail.as_str()),
        ("undelivered", false, "30005")
    );
    assert_eq!(read.price, Some(("USD".to_owned(), 7_500)));
    for headers in [
        &[][..],
        &[("X-Twilio-Signature", "")],
        &[("X-Twilio-Signature", SIGNATURE)],
        &[
            ("X-Twilio-Signature", signature.as_str()),
            ("x-twilio-signature", &signature),
        ],
    ] {
        assert_eq!(post(headers, &form), Err(NoReport::NotGenuine));
    }
    let altered = form.replace("undelivered", "delivered");
    let header = [("X-Twilio-Signature", signature.as_str())];
    assert_eq!(post(&header, &altered), Err(NoReport::NotGenuine));
    let nothing = signed(URL);
    assert_eq!(
        post(&[("X-Twilio-Signature", &nothing)], ""),
        Err(NoReport::NotOurs)
    );
}

#[test]
fn an_amount_is_counted_in_millionths() {
    for (amount, counted) in [
        ("0.00750", Some(7_500)),
        ("1", Some(1_000_000)),
        ("12.3456789", Some(12_345_678)),
        ("999999999999.999999", Some(999_999_999_999_999_999)),
        ("0.0", Some(0)),
    ] {
        assert_eq!(millionths(amount), counted, "{amount}");
    }
}

proptest! {
    #[test]
    fn reading_survives_anything(body: Vec<u8>, url: String, signature: String) {
        let _ = StatusReport::read(&body);
        for body in [Body::Form(&body), Body::Json(&body)] {
            let webhook = Webhook { url: &url, signature: &signature, body };
            prop_assert!(!webhook.is_genuine(&token()));
        }
    }

    #[test]
    fn what_is_signed_is_genuine(fields: Vec<(String, String)>) {
        let pairs: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let form = crate::sms::http::form(&pairs);
        let mut sorted = pairs.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let text: String = sorted.iter().flat_map(|(name, value)| [*name, *value]).collect();
        let signature = signed(&(URL.to_owned() + &text));
        prop_assert!(genuine(URL, Body::Form(form.as_bytes()), &signature));
    }
}
