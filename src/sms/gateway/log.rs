//! The gateway's list of deliveries, for the operator's eyes.

use serde::Deserialize;
use serde_json::Value;

use crate::json::{self, Object, shown};
use crate::sms::{LoggedMessage, MessageLog};

/// Most entries of a page that are taken.
const MOST: usize = 200;
/// Longest cursor, in bytes.
const LONGEST_CURSOR: usize = 256;

/// A page of deliveries; `None` when it is not as the contract says.
pub(super) fn read(reply: &[u8]) -> Option<MessageLog> {
    #[derive(Deserialize)]
    struct Page {
        success: bool,
        logs: Vec<Object<Entry>>,
        next: Option<String>,
    }
    let Page {
        success,
        logs,
        next,
    } = json::read(reply)?;
    if !success || logs.len() > MOST || next.as_deref().is_some_and(|next| !is_cursor(next)) {
        return None;
    }
    let entries = logs.iter().map(|Object(entry)| entry.logged());
    Some(MessageLog {
        entries: entries.collect::<Option<_>>()?,
        next,
    })
}

/// A delivery, as it comes.
#[derive(Deserialize)]
struct Entry {
    timestamp: Value,
    phone: String,
    country: Value,
    status: Value,
    r#type: Value,
}

impl Entry {
    /// For display. The number is masked here once more, whatever the gateway did.
    fn logged(&self) -> Option<LoggedMessage> {
        Some(LoggedMessage {
            timestamp: shown(&self.timestamp)?,
            phone: masked(&self.phone)?,
            country: shown(&self.country)?,
            status: shown(&self.status)?,
            kind: shown(&self.r#type)?,
        })
    }
}

/// The first two and the last two digits of at least eight; everything else is a dot.
fn masked(phone: &str) -> Option<String> {
    if phone.is_empty() || phone.len() > 64 {
        return None;
    }
    let (plus, digits) = match phone.strip_prefix('+') {
        Some(digits) => ("+", digits),
        None => ("", phone),
    };
    let count = digits.chars().count();
    let last = count.saturating_sub(2);
    let shown = |(at, c): (usize, char)| {
        let seen = c.is_ascii_digit() && count >= 8 && (at < 2 || at >= last);
        if seen { c } else { '•' }
    };
    let masked: String = digits.chars().enumerate().map(shown).collect();
    Some(format!("{plus}{masked}"))
}

/// Fit to be sent back as it is.
pub(super) fn is_cursor(text: &str) -> bool {
    (1..=LONGEST_CURSOR).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<MessageLog> {
        super::read(text.as_bytes())
    }

    fn page(phone: &str, next: &str) -> String {
        format!(
            r#"{{"success": true, "next": {next}, "logs": [{{"timestamp": 1, "phone": "{phone}",
                "country": "DE", "status": "delivered", "type": "sms"}}]}}"#
        )
    }

    #[test]
    fn a_number_is_masked_whatever_the_gateway_sends() {
        for (sent, shown) in [
            ("+4915123456789", "+49•••••••••89"),
            ("+49******89", "+49••••••89"),
            ("+49 1512 34 567 89", "+49•••••••••••••89"),
            ("4915123456789", "49•••••••••89"),
            ("+6834002", "+•••••••"),
            ("++491234567", "+•4••••••67"),
            ("<b>", "•••"),
        ] {
            let log = read(&page(sent, "null")).unwrap();
            assert_eq!(log.entries[0].phone, shown, "{sent}");
        }
        assert!(read(&page("", "null")).is_none());
        assert!(read(&page(&"1".repeat(65), "null")).is_none());
    }

    #[test]
    fn the_next_page_has_a_cursor_or_there_is_none() {
        assert_eq!(read(&page("+49••89", "null")).unwrap().next, None);
        assert_eq!(
            read(&page("+49••89", "\"a/b=\"")).unwrap().next.as_deref(),
            Some("a/b=")
        );
        for next in ["1", "\"\"", "\"a b\"", "\"a\\n\"", "{}", "true"] {
            assert!(read(&page("+49••89", next)).is_none(), "{next}");
        }
    }

    #[test]
    fn a_page_is_complete_or_none() {
        for bad in [
            r#"{"logs": []}"#,
            r#"{"success": false, "logs": []}"#,
            r#"{"success": "true", "logs": []}"#,
            r#"{"success": true}"#,
            r#"{"success": true, "logs": {}}"#,
            r#"{"success": true, "logs": [1]}"#,
            r#"{"success": true, "logs": [{"timestamp": 1}]}"#,
            r#"{"success": true, "logs": [[1, "+49", "DE", "delivered", "sms"]]}"#,
            r#"[true, [], null]"#,
        ] {
            assert!(read(bad).is_none(), "{bad}");
        }
        assert!(read(r#"{"success": true, "logs": []}"#).is_some());
    }
}
