//! Twilio's reports of what became of a message: whether they are genuine, and what they say.
//!
//! A report is signed with the account's auth token over the URL that Twilio was given, so the URL to
//! check against is the configured one; what a request says about its own host is worth nothing. A
//! report has no time in it and may come twice and out of order. [`Delivery`] therefore has ranks,
//! and only a higher one counts: whatever is repeated changes nothing.

use std::collections::BTreeSet;
use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::super::{NoReport, Post};
use super::is_sid;
use crate::percent::form_decoded;

/// Longest report that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// The rank of an end.
const LAST: u8 = 4;

/// A report as it came in.
#[derive(Clone, Copy)]
pub struct Webhook<'a> {
    /// The URL Twilio was given for it, from the configuration.
    pub url: &'a str,
    /// The header `X-Twilio-Signature`.
    pub signature: &'a str,
    /// The raw body.
    pub body: Body<'a>,
}

/// What a report is written in, by its `Content-Type`.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// `application/x-www-form-urlencoded`
    Form(&'a [u8]),
    /// `application/json`
    Json(&'a [u8]),
}

impl fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(<redacted>)")
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(<redacted>)")
    }
}

impl Webhook<'_> {
    /// Whether the owner of the auth token signed exactly this.
    #[must_use]
    pub fn is_genuine(&self, token: &Zeroizing<String>) -> bool {
        let decoded = BASE64.decode(self.signature.as_bytes()).unwrap_or_default();
        let Ok(given) = <[u8; 20]>::try_from(decoded) else {
            return false;
        };
        if token.is_empty() {
            return false;
        }
        let Some((suffix, signed)) = self.signed() else {
            return false;
        };
        // Every way Twilio may write the port is tried, whichever fits.
        let mut genuine = Choice::from(0);
        for url in ways(self.url) {
            let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else {
                return false;
            };
            mac.update(url.as_bytes());
            mac.update(suffix.as_bytes());
            mac.update(signed.as_bytes());
            let expected: [u8; 20] = mac.finalize().into_bytes().into();
            genuine |= expected.ct_eq(&given);
        }
        genuine.into()
    }

    /// What is signed behind the URL: what Twilio adds to it, and the fields.
    fn signed(&self) -> Option<(String, String)> {
        match self.body {
            Body::Form(body) => {
                let mut signed = String::with_capacity(body.len());
                // Sorted by name; a value that is repeated under a name counts once.
                let sorted: BTreeSet<_> = fields(body)?.into_iter().collect();
                for (name, value) in &sorted {
                    signed.push_str(name);
                    signed.push_str(value);
                }
                Some((String::new(), signed))
            }
            Body::Json(body) if body.len() <= LONGEST => {
                let joint = if self.url.contains('?') { '&' } else { '?' };
                let hash = HEXLOWER.encode(&Sha256::digest(body));
                Some((format!("{joint}bodySHA256={hash}"), String::new()))
            }
            Body::Json(_) => None,
        }
    }
}

/// A URL as it is, and with its default port added or taken away.
fn ways(url: &str) -> Vec<String> {
    let mut ways = vec![url.to_owned()];
    for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
        let Some(rest) = url.strip_prefix(scheme) else {
            continue;
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        // The colons inside the brackets of an IPv6 address are not the port's.
        let behind_host = authority.rfind(']').unwrap_or(0);
        if let Some(host) = authority.strip_suffix(port) {
            ways.push(format!("{scheme}{host}{tail}"));
        } else if !authority.split_at(behind_host).1.contains(':') {
            ways.push(format!("{scheme}{authority}{port}{tail}"));
        }
    }
    ways
}

/// The fields of a form, decoded. `None` when it is none, or not UTF-8.
fn fields(body: &[u8]) -> Option<Vec<(String, String)>> {
    if body.len() > LONGEST {
        return None;
    }
    let mut fields = Vec::new();
    for pair in body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = form_decoded(halves.next()?)?;
        let value = form_decoded(halves.next().unwrap_or_default())?;
        fields.push((name.to_string(), value.to_string()));
    }
    Some(fields)
}

/// How far a message has come. In this order: a message never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Twilio has it.
    Queued,
    /// Twilio looks for a sender.
    Accepted,
    /// On its way to the network; a call that is being dialled.
    Sending,
    /// The network has it; a telephone that rings.
    Sent,
    /// It arrived; a call that was answered.
    Delivered,
    /// The network could not deliver it; a call that was not answered.
    Undelivered,
    /// It was not sent.
    Failed,
}

impl Delivery {
    /// Only a higher rank is news. What is known when Twilio took the message ranks 1.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Accepted => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::Delivered | Self::Undelivered | Self::Failed => LAST,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
        }
    }

    /// Twilio's words for messages, and for calls.
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "queued" | "scheduled" => Self::Queued,
            "accepted" => Self::Accepted,
            "sending" | "initiated" => Self::Sending,
            "sent" | "ringing" => Self::Sent,
            "delivered" | "read" | "in-progress" | "completed" => Self::Delivered,
            "undelivered" | "busy" | "no-answer" => Self::Undelivered,
            "failed" | "canceled" => Self::Failed,
            _ => return None,
        })
    }
}

/// What a genuine report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Twilio's name of the message or call, as [`Carried::id`](crate::sms::Carried::id) had it.
    pub id: String,
    /// How far it has come.
    pub delivery: Delivery,
    /// Why it has not arrived, by Twilio's number.
    pub error: Option<u32>,
    /// What it cost: an amount as Twilio writes it, without a sign, and its currency.
    pub price: Option<(String, String)>,
}

impl Report {
    /// Reads a report that [is genuine](Webhook::is_genuine). `None` when it is not about a message
    /// that we could have sent, or says something twice.
    #[must_use]
    pub fn read(form: &[u8]) -> Option<Self> {
        let fields = fields(form)?;
        let only = |wanted: &str| -> Option<Option<&str>> {
            let mut found = fields.iter().filter(|(name, _)| name.as_str() == wanted);
            let first = found.next();
            // Said twice is not said.
            match found.next() {
                None => Some(first.map(|(_, value)| value.as_str())),
                Some(_) => None,
            }
        };
        let message = (only("MessageSid")?, only("MessageStatus")?);
        let call = (only("CallSid")?, only("CallStatus")?);
        let (id, word) = match (message, call) {
            ((Some(id), Some(word)), (None, None)) if is_sid(id, "SM") || is_sid(id, "MM") => {
                (id, word)
            }
            ((None, None), (Some(id), Some(word))) if is_sid(id, "CA") => (id, word),
            _ => return None,
        };
        let error = match only("ErrorCode")? {
            None | Some("") => None,
            Some(code) => Some(code.parse().ok()?),
        };
        let price = match (only("Price")?, only("PriceUnit")?) {
            (Some(price), Some(unit)) => amount(price, unit),
            _ => None,
        };
        Some(Self {
            id: id.to_owned(),
            delivery: Delivery::read(word)?,
            error: error.filter(|code| *code != 0),
            price,
        })
    }
}

/// Reads a report that was posted to that URL: first whether it is genuine.
///
/// # Errors
/// [`NoReport`]
pub fn report(
    url: &str,
    token: &Zeroizing<String>,
    post: &Post<'_>,
) -> Result<super::super::Report, NoReport> {
    let signature = post.header("X-Twilio-Signature");
    let webhook = Webhook {
        url,
        signature: signature.ok_or(NoReport::NotGenuine)?,
        body: Body::Form(post.body),
    };
    if !webhook.is_genuine(token) {
        return Err(NoReport::NotGenuine);
    }
    let report = Report::read(post.body).ok_or(NoReport::NotOurs)?;
    let delivery = report.delivery;
    Ok(super::super::Report {
        id: report.id,
        rank: delivery.rank(),
        status: delivery.word(),
        delivered: delivery == Delivery::Delivered,
        detail: report
            .error
            .map(|code| code.to_string())
            .unwrap_or_default(),
        price: report
            .price
            .filter(|_| delivery.rank() == LAST)
            .and_then(|(amount, currency)| Some((currency, millionths(&amount)?))),
    })
}

/// `0.00750` is 7500 millionths. What is smaller is not counted.
fn millionths(amount: &str) -> Option<u64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(1_000_000)?
        .checked_add(part.parse().ok()?)
}

/// `-0.00750` and `USD`: what is taken from the account has a minus sign.
fn amount(price: &str, unit: &str) -> Option<(String, String)> {
    let amount = price.strip_prefix('-').unwrap_or(price);
    let (whole, part) = amount.split_once('.').unwrap_or((amount, "0"));
    let number = |text: &str| {
        (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let currency = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_alphabetic());
    (number(whole) && number(part) && currency)
        .then(|| (amount.to_owned(), unit.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Report::read(&long), None);
    }

    fn report(form: &str) -> Option<Report> {
        Report::read(form.as_bytes())
    }

    const ID: &str = "SM0123456789abcdef0123456789abcdef";

    #[test]
    fn a_report_says_how_far_a_message_has_come() {
        let full = format!(
            "MessageSid={ID}&MessageStatus=undelivered&ErrorCode=30005&Price=-0.00750&PriceUnit=usd&To=x"
        );
        assert_eq!(
            report(&full),
            Some(Report {
                id: ID.to_owned(),
                delivery: Delivery::Undelivered,
                error: Some(30005),
                price: Some(("0.00750".to_owned(), "USD".to_owned())),
            })
        );
        let call = format!("CallSid={}&CallStatus=no-answer", ID.replace("SM", "CA"));
        assert_eq!(report(&call).unwrap().delivery, Delivery::Undelivered);
        for (word, delivery) in [
            ("queued", Delivery::Queued),
            ("accepted", Delivery::Accepted),
            ("sending", Delivery::Sending),
            ("sent", Delivery::Sent),
            ("delivered", Delivery::Delivered),
            ("read", Delivery::Delivered),
            ("failed", Delivery::Failed),
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
        use Delivery as D;
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
            let _ = Report::read(&body);
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
}
