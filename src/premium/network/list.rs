//! A list of addresses and ranges: read strictly, kept as sorted ranges that do not touch, searched by halves.
//!
//! ```text
//!   # head office               a comment, to the end of its line
//!   192.0.2.0/24                a range of IPv4 (RFC 4632 section 3.1)
//!   2001:db8::/32  # partner    a range of IPv6 (RFC 4291 section 2.3)
//!   198.51.100.7                an address
//! ```
//!
//! One a line in a file; in a setting, commas and spaces part them as well. A range with bits behind its prefix is
//! refused, for either of the two may be the typing error. IPv4 addresses in IPv6 clothes (RFC 4291 section 2.5.5.2) are
//! IPv4 addresses, and no range of IPv6 holds one.

use std::net::IpAddr;

use ipnet::IpNet;

/// Most ranges of a list.
pub const MOST_RANGES: usize = 10_000;

/// Most bytes of a list: a hundred for each of its ranges.
pub const MOST_BYTES: usize = 1_000_000;

/// Most of a word that is wrong which is repeated, in characters.
const SHOWN: usize = 50;

/// Bits of an IPv6 address before the IPv4 address that it clothes.
const CLOTHES: u8 = 96;

/// What is wrong with a list, for its operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// It is longer than any list.
    #[error("it has more than {MOST_BYTES} bytes")]
    TooLong,
    /// It has more ranges than any list.
    #[error("line {line}: a list has {MOST_RANGES} addresses and ranges at most")]
    TooMany {
        /// Of the first one too many, from 1.
        line: usize,
    },
    /// Bytes that are no text.
    #[error("line {line} is not UTF-8")]
    NoText {
        /// From 1.
        line: usize,
    },
    /// A word that is neither an address nor a range.
    #[error(
        "line {line}: \"{word}\" is no address and no range, such as 192.0.2.0/24 or 2001:db8::/32"
    )]
    NoRange {
        /// From 1.
        line: usize,
        /// The beginning of it.
        word: String,
    },
    /// A range of which an address has bits behind the prefix.
    #[error(
        "line {line}: \"{word}\" has bits behind its prefix: write {network} for the whole range, or the address alone"
    )]
    Bits {
        /// From 1.
        line: usize,
        /// The beginning of it.
        word: String,
        /// The range that it would be.
        network: IpNet,
    },
}

/// Addresses of IPv4 and IPv6.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkList {
    /// First and last address of each range, in order; between two of them is at least one address.
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
    given: usize,
}

impl NetworkList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`ListError`] for the first line that is wrong: no line is left out.
    pub fn parse(bytes: &[u8]) -> Result<Self, ListError> {
        if bytes.len() > MOST_BYTES {
            return Err(ListError::TooLong);
        }
        let mut list = Self::default();
        for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let number = place.saturating_add(1);
            let Ok(line) = std::str::from_utf8(line) else {
                return Err(ListError::NoText { line: number });
            };
            let words = line.split('#').next().unwrap_or_default();
            let words = words.split([',', ' ', '\t', '\r']);
            for word in words.filter(|word| !word.is_empty()) {
                if list.given >= MOST_RANGES {
                    return Err(ListError::TooMany { line: number });
                }
                list.add(word, number)?;
            }
        }
        list.v4 = merged(list.v4, |last| last.checked_add(1));
        list.v6 = merged(list.v6, |last| last.checked_add(1));
        Ok(list)
    }

    fn add(&mut self, word: &str, line: usize) -> Result<(), ListError> {
        let shown = || word.chars().take(SHOWN).collect();
        let network = range(word).ok_or_else(|| ListError::NoRange {
            line,
            word: shown(),
        })?;
        if network.addr() != network.network() {
            return Err(ListError::Bits {
                line,
                word: shown(),
                network: network.trunc(),
            });
        }
        match network {
            IpNet::V4(it) => self
                .v4
                .push((it.network().to_bits(), it.broadcast().to_bits())),
            IpNet::V6(it) => self
                .v6
                .push((it.network().to_bits(), it.broadcast().to_bits())),
        }
        self.given = self.given.saturating_add(1);
        Ok(())
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn holds(&self, ip: IpAddr) -> bool {
        match ip.to_canonical() {
            IpAddr::V4(ip) => within(&self.v4, ip.to_bits()),
            IpAddr::V6(ip) => within(&self.v6, ip.to_bits()),
        }
    }

    /// How many addresses and ranges were given.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.given
    }

    /// Nothing is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.given == 0
    }
}

/// An address, or an address and the length of its prefix.
fn range(word: &str) -> Option<IpNet> {
    let (address, prefix) = match word.split_once('/') {
        Some((address, prefix)) => (address, Some(length(prefix)?)),
        None => (word, None),
    };
    let written: IpAddr = address.parse().ok()?;
    let longest = if written.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    let network = IpNet::new(written, prefix).ok()?;
    match (written, written.to_canonical()) {
        // With a shorter prefix it is the range of IPv6 that all of these clothes are in, and has bits behind it.
        (IpAddr::V6(_), bare @ IpAddr::V4(_)) if prefix >= CLOTHES => {
            IpNet::new(bare, prefix.checked_sub(CLOTHES)?).ok()
        }
        _ => Some(network),
    }
}

/// Up to three digits, and no zero before others.
fn length(text: &str) -> Option<u8> {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

/// The same addresses in as few ranges as there can be, in order.
fn merged<T: Copy + Ord>(mut ranges: Vec<(T, T)>, next: impl Fn(T) -> Option<T>) -> Vec<(T, T)> {
    ranges.sort_unstable();
    let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if next(before.1).is_none_or(|next| first <= next) => {
                before.1 = before.1.max(last);
            }
            _ => merged.push((first, last)),
        }
    }
    merged.shrink_to_fit();
    merged
}

fn within<T: Copy + Ord>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    let before = after.checked_sub(1).and_then(|place| ranges.get(place));
    before.is_some_and(|(_, last)| address <= *last)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> NetworkList {
        NetworkList::parse(text.as_bytes()).unwrap()
    }

    fn fault(text: &str) -> String {
        NetworkList::parse(text.as_bytes()).unwrap_err().to_string()
    }

    fn holds(list: &NetworkList, ip: &str) -> bool {
        list.holds(ip.parse().unwrap())
    }

    #[test]
    fn addresses_and_ranges_of_both_families_are_found_at_their_edges() {
        let list = list(
            "# offices\r\n192.0.2.0/25, 198.51.100.7\t2001:db8::/33 # partner, 10.0.0.0/8\n\n  \n203.0.113.0/24",
        );
        assert_eq!(list.len(), 4);
        for (ip, is_in) in [
            ("192.0.2.0", true),
            ("192.0.2.127", true),
            ("192.0.2.128", false),
            ("192.0.1.255", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("203.0.113.255", true),
            ("203.0.114.0", false),
            ("10.1.2.3", false),
            ("2001:db8::", true),
            ("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff", true),
            ("2001:db8:8000::", false),
            ("::", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(holds(&list, ip), is_in, "{ip}");
        }
    }

    #[test]
    fn an_address_of_ipv4_in_clothes_is_one_of_ipv4_and_in_no_range_of_ipv6() {
        let clothed = list("::ffff:192.0.2.0/120");
        assert!(holds(&clothed, "192.0.2.9") && holds(&clothed, "::ffff:192.0.2.9"));
        assert!(!holds(&clothed, "192.0.3.9"));
        let plain = list("192.0.2.9");
        assert!(holds(&plain, "::ffff:192.0.2.9"));
        assert!(holds(&list("::ffff:0:0/96"), "203.0.113.1"));
        let all_of_ipv6 = list("::/0");
        assert!(holds(&all_of_ipv6, "2001:db8::1") && holds(&all_of_ipv6, "::1"));
        assert!(!holds(&all_of_ipv6, "::ffff:192.0.2.9") && !holds(&all_of_ipv6, "192.0.2.9"));
        let all_of_ipv4 = list("0.0.0.0/0");
        assert!(holds(&all_of_ipv4, "255.255.255.255") && !holds(&all_of_ipv4, "2001:db8::1"));
    }

    #[test]
    fn what_is_no_range_is_refused_with_its_line() {
        for wrong in [
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/+8",
            "192.0.2.0/08",
            "192.0.2.0/",
            "192.0.2.0/255.255.255.0",
            "192.0.2",
            "192.0.2.010",
            "192.0.2.256",
            "0x7f.0.0.1",
            "2001:db8::/129",
            "fe80::1%eth0",
            "[2001:db8::1]",
            "example.com",
            "*",
            "192.0.2.0-192.0.2.9",
            "192.0.2.0/24/8",
            "١٩٢.0.2.1",
        ] {
            let told = fault(&format!("192.0.2.1\n# two\n{wrong}"));
            assert!(
                told.starts_with(&format!("line 3: \"{wrong}\" is no ")),
                "{told}"
            );
        }
        assert_eq!(
            fault("10.0.0.1/8"),
            "line 1: \"10.0.0.1/8\" has bits behind its prefix: write 10.0.0.0/8 for the whole range, or the address alone"
        );
        for wrong in [
            "2001:db8::1/32",
            "::ffff:10.0.0.1/104",
            "::ffff:10.0.0.0/64",
        ] {
            assert!(fault(wrong).contains("bits behind its prefix"), "{wrong}");
        }
        assert_eq!(
            NetworkList::parse(b"192.0.2.1\n\xff"),
            Err(ListError::NoText { line: 2 })
        );
        // Of a long line no more is repeated than helps to find it.
        assert!(fault(&"x".repeat(5_000)).len() < 200);
    }

    #[test]
    fn a_list_has_ten_thousand_ranges_and_no_more() {
        let lines: Vec<_> = (0..10_000)
            .map(|n: u32| format!("10.{}.{}.0/25", n / 200, n % 200))
            .collect();
        let text = lines.join("\n");
        let full = list(&text);
        assert_eq!(full.len(), MOST_RANGES);
        assert!(holds(&full, "10.49.199.127") && !holds(&full, "10.49.199.128"));
        let more = format!("{text}\n192.0.2.1");
        let too_many = Err(ListError::TooMany { line: 10_001 });
        assert_eq!(NetworkList::parse(more.as_bytes()), too_many);
        let long = vec![b'\n'; MOST_BYTES + 1];
        assert_eq!(NetworkList::parse(&long), Err(ListError::TooLong));
    }

    fn some_range() -> impl Strategy<Value = IpNet> {
        // Close to each other, so that they touch and overlap.
        prop_oneof![
            (0u32..64, 24u8..=32).prop_map(|(low, prefix)| {
                let ip = Ipv4Addr::from_bits(u32::MAX - 63 + low);
                IpNet::new(ip.into(), prefix).unwrap().trunc()
            }),
            (0u128..64, 120u8..=128).prop_map(|(low, prefix)| {
                let ip = Ipv6Addr::from_bits(u128::MAX - 63 + low);
                IpNet::new(ip.into(), prefix).unwrap().trunc()
            }),
        ]
    }

    proptest! {
        /// As looking at each range by itself.
        #[test]
        fn an_address_is_in_the_list_if_and_only_if_it_is_in_one_of_its_ranges(
            ranges in proptest::collection::vec(some_range(), 0..20), low in 0u32..70,
        ) {
            let lines: Vec<_> = ranges.iter().map(ToString::to_string).collect();
            let list = list(&lines.join("\n"));
            let v4 = Ipv4Addr::from_bits(u32::MAX.wrapping_sub(66).wrapping_add(low));
            let v6 = Ipv6Addr::from_bits(u128::MAX.wrapping_sub(66).wrapping_add(low.into()));
            for ip in [IpAddr::V4(v4), IpAddr::V6(v6)] {
                prop_assert_eq!(list.holds(ip), ranges.iter().any(|range| range.contains(&ip)), "{}", ip);
            }
            prop_assert!(list.v4.windows(2).all(|pair| pair[0].1 < pair[1].0 - 1));
            prop_assert!(list.v6.windows(2).all(|pair| pair[0].1 < pair[1].0 - 1));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = NetworkList::parse(&bytes);
        }

        #[test]
        fn a_range_that_is_written_is_the_range_that_is_read(address: [u8; 16], v4: bool, prefix in 0u8..=128) {
            let ip = if v4 {
                Ipv4Addr::new(address[0], address[1], address[2], address[3]).into()
            } else {
                IpAddr::from(address)
            };
            let range = IpNet::new(ip, if v4 { prefix % 33 } else { prefix }).unwrap().trunc();
            prop_assume!(v4 || range.addr().to_canonical().is_ipv6());
            let list = list(&range.to_string());
            prop_assert!(list.holds(range.network()) && list.holds(range.broadcast()) || !v4);
            prop_assert_eq!(list.len(), 1);
        }
    }
}
