//! What every text is made of: the site's name, the code in digits, the line that binds a code to a host.

use zeroize::Zeroizing;

use crate::i18n::{shortened, site_name};
use crate::sms::Coding;
use crate::sms::gsm::{plain, septets_of};
use crate::types::is_host_name;

/// Longest name, in units of the message.
pub(super) const LONGEST_NAME: usize = 32;

/// `1, 2, 3`: so that a voice says digits and not a number.
pub(super) fn digits_apart(code: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(code.len().saturating_mul(3)));
    for digit in code.chars() {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push(digit);
    }
    out
}

/// Appends `template` with `value` in the place of `mark`.
pub(super) fn fill(out: &mut String, template: &str, mark: &str, value: &str) {
    match template.split_once(mark) {
        Some((before, after)) => {
            for piece in [before, value, after] {
                out.push_str(piece);
            }
        }
        None => out.push_str(template),
    }
}

/// The host as the last line has it, in lower case. Anything but a name would end the line's meaning.
pub(super) fn host_of_line(host: &str) -> Option<String> {
    is_host_name(host).then(|| host.to_ascii_lowercase())
}

/// The site's name in the letters there are.
pub(super) fn name_in(coding: Coding, site: &str, code: &str) -> String {
    let name = site_name(site, code);
    let narrow = match coding {
        Coding::Gsm7 => {
            let mut narrow = String::new();
            for c in name.chars() {
                match septets_of(c) {
                    Some(_) => narrow.push(c),
                    None => narrow.push_str(plain(c)),
                }
            }
            narrow
        }
        // One unit a letter, as old telephones have it.
        Coding::Ucs2 => name.chars().filter(|c| c.len_utf16() == 1).collect(),
    };
    // Filtered again: removing a letter may have joined digits to what looks like a code, or letters to an address.
    let name = site_name(&narrow, code);
    shortened(&name, LONGEST_NAME, |text| coding.measure(text)).to_owned()
}
