//! Lines of php.ini, of conf.d and of PHP-FPM's pools, read as PHP reads them as far as a setting of ours can be meant. A
//! value that PHP computes from something else (`${…}`, operators) is not guessed: it is [`Value::Unclear`].

use zeroize::Zeroizing;

/// What stands behind the equals sign.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// This text.
    Text(Zeroizing<String>),
    /// PHP alone knows.
    Unclear,
}

/// A line that sets something.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) value: Value,
    /// It stands under `[HOST=…]` or `[PATH=…]`, or, in a file of pools, under the pool of that name.
    pub(super) section: Option<String>,
}

/// Those of a text.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut section = None;
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with([';', '#']) {
            continue;
        }
        if let Some(inside) = line.strip_prefix('[') {
            let name = inside.split(']').next().unwrap_or_default();
            section = Some(name.trim().to_owned());
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        found.push(Line {
            name: name.trim().to_owned(),
            value: read(value.trim()),
            section: section.clone(),
        });
    }
    found
}

/// Whether a section is for some requests only: those of a host or below a folder. Any other name in php.ini is decoration.
pub(super) fn is_for_some_requests(section: &str) -> bool {
    let is = |prefix: &str| {
        let start = section.get(..prefix.len());
        start.is_some_and(|it| it.eq_ignore_ascii_case(prefix))
    };
    is("HOST=") || is("PATH=")
}

fn text(text: &str) -> Value {
    Value::Text(Zeroizing::new(text.to_owned()))
}

/// What PHP computes something by where it stands outside of quotes, or takes for a mistake.
const COMPUTED: [char; 13] = [
    '$', '|', '&', '^', '~', '!', '(', ')', '{', '}', '"', '\'', '=',
];

/// Whether a bare word may be one of the engine's constants, whose value stands for it.
fn is_constant(word: &str) -> bool {
    word.starts_with("PHP_") || word.starts_with("E_")
}

/// What may follow a quoted value.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(';')
}

fn read(value: &str) -> Value {
    if let Some(rest) = value.strip_prefix('\'') {
        return match rest.split_once('\'') {
            Some((inside, after)) if ends(after) => text(inside),
            _ => Value::Unclear,
        };
    }
    if let Some(rest) = value.strip_prefix('"') {
        return quoted(rest);
    }
    let value = value.split(';').next().unwrap_or_default().trim();
    match value.to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" => text("1"),
        "off" | "no" | "none" | "false" | "null" => text(""),
        _ if value.contains(COMPUTED) || is_constant(value) => Value::Unclear,
        _ => text(value),
    }
}

/// Up to the closing quote; a backslash keeps a quote or a backslash from meaning anything.
fn quoted(rest: &str) -> Value {
    let mut found = Zeroizing::new(String::with_capacity(rest.len()));
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let after = rest.get(at.saturating_add(1)..).unwrap_or_default();
                return if ends(after) {
                    Value::Text(found)
                } else {
                    Value::Unclear
                };
            }
            '$' => return Value::Unclear,
            '\\' => match letters.next() {
                Some((_, escaped @ ('"' | '\\'))) => found.push(escaped),
                Some((_, other)) => {
                    found.push('\\');
                    found.push(other);
                }
                None => return Value::Unclear,
            },
            letter => found.push(letter),
        }
    }
    // It goes on in the next line.
    Value::Unclear
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(ini: &str) -> Vec<(String, Option<String>)> {
        let value = |line: Line| match line.value {
            Value::Text(text) => (line.name, Some(text.to_string())),
            Value::Unclear => (line.name, None),
        };
        lines(ini).into_iter().map(value).collect()
    }

    /// Held to PHP's own `parse_ini_string()`, with which these were made.
    #[test]
    fn a_line_is_read_as_php_reads_it() {
        let ini = "; twofactor.a = 1\n\
             [PHP]\n\
             twofactor.site = shop ; a comment\n\
             twofactor.store=\"mysql://u:p;w@h/d?prefix=a_\" ; here\n\
             twofactor.issuer = 'My; \"shop\"'\n\
             twofactor.phone_unique = On\n\
             twofactor.new_site = off\n\
             twofactor.max_attempts = 3\n\
             twofactor.key_file =\n\
             twofactor.notice_url = \"a \\\"b\\\" c\\\\d\"\n\
             twofactor.http_ca_file = ${DIR}/ca\n\
             twofactor.webotp_host = \"x${Y}\"\n\
             twofactor.licence_url = 1|2\n\
             twofactor.providers_file = PHP_EXTENSION_DIR\n\
             twofactor.licence_key = ab+c==\n\
             twofactor.code_digits = \"a\"b\n\
             extension=twofactor.so\n\
             no line at all\n";
        let some = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(
            values(ini),
            [
                some("twofactor.site", "shop"),
                some("twofactor.store", "mysql://u:p;w@h/d?prefix=a_"),
                some("twofactor.issuer", "My; \"shop\""),
                some("twofactor.phone_unique", "1"),
                some("twofactor.new_site", ""),
                some("twofactor.max_attempts", "3"),
                some("twofactor.key_file", ""),
                some("twofactor.notice_url", "a \"b\" c\\d"),
                ("twofactor.http_ca_file".to_owned(), None),
                ("twofactor.webotp_host".to_owned(), None),
                ("twofactor.licence_url".to_owned(), None),
                ("twofactor.providers_file".to_owned(), None),
                ("twofactor.licence_key".to_owned(), None),
                ("twofactor.code_digits".to_owned(), None),
                some("extension", "twofactor.so"),
            ]
        );
    }

    #[test]
    fn a_line_under_a_host_or_folder_says_so() {
        let found = lines("a=1\n[HOST=example.com]\nb=2\n[www]\nc=3");
        let sections: Vec<_> = found.iter().map(|line| line.section.as_deref()).collect();
        assert_eq!(sections, [None, Some("HOST=example.com"), Some("www")]);
        assert!(is_for_some_requests("host=a") && is_for_some_requests("PATH=/srv"));
        assert!(!is_for_some_requests("PHP"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail_and_what_was_quoted_comes_back(any in ".*", value in "[^\\r\\n$\\\\\"]*") {
            let _ = lines(&any);
            let quoted = format!("x = \"{value}\"");
            prop_assert_eq!(values(&quoted), vec![("x".to_owned(), Some(value))]);
        }
    }
}
