//! Where a request comes from, when proxies stand in between.
//!
//! A header is a claim of whoever sent it. Each proxy adds to its end the address that it was asked
//! from, so what a list says is worth as much as those who wrote it, read from its end:
//!
//! ```text
//!   X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.0.0.2      peer: 10.0.0.1
//!                    └ forged  └ the client  └ trusted ◀────────┘ trusted
//! ```
//!
//! The peer is the client unless it is a trusted proxy; then it is the last entry, unless that is a
//! trusted proxy, and so on. An entry that is no address ends the walk at the hop before it: a client
//! is never taken for somebody else, at worst for the proxy it came through.
//!
//! Over a socket of this machine (`unix:`) there is no address; such a peer, too, may be a trusted proxy.
//! Where no address comes to light the client counts as the unspecified address, `::`, which says that there
//! is none (RFC 4291 section 2.5.2): all of them share one network's budgets, and nobody is let off any.
//!
//! One header is read, the one that the operator's proxies write: a proxy leaves the other as the
//! client sent it. `X-Forwarded-For` has no standard: addresses between commas, as RFC 7239 section 7.4
//! recalls it, perhaps with a port. `Forwarded` is RFC 7239, of whose parameters `for` counts
//! (section 5.2), an address as in section 6.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// More proxies than this stand between nobody and us.
const MOST_HOPS: usize = 32;

/// What is looked at of a header: its end.
const MOST_BYTES: usize = 4096;

/// More ranges than this are a mistake.
const MOST_RANGES: usize = 64;

/// What nginx calls whoever is connected to a socket of this machine, in REMOTE_ADDR and in headers, and
/// what such a proxy is called in `trusted_proxies`.
const SOCKET: &str = "unix:";

/// Who is connected, as the web server has it in REMOTE_ADDR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// An address. Of one of IPv6 with a zone (RFC 4007 section 11) without the zone.
    Address(IpAddr),
    /// A socket of this machine: `unix:` to nginx, `@` to servers written in Go.
    Socket,
    /// Anything else. Never trusted.
    Unknown,
}

impl Peer {
    /// Reads REMOTE_ADDR (RFC 3875 section 4.1.8), whatever is in it.
    #[must_use]
    pub fn read(remote: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(remote) else {
            return Self::Unknown;
        };
        if text.starts_with(SOCKET) || text == "@" {
            return Self::Socket;
        }
        let zoned = text.split_once('%').filter(|(_, zone)| !zone.is_empty());
        let address = match zoned {
            Some((address, _)) => address.parse().ok().map(IpAddr::V6),
            None => text.parse().ok(),
        };
        address.map_or(Self::Unknown, Self::Address)
    }

    /// Without IPv6 clothes (RFC 4291 section 2.5.5.2).
    fn bare(self) -> Self {
        match self {
            Self::Address(ip) => Self::Address(ip.to_canonical()),
            other => other,
        }
    }

    /// What is counted and written down.
    fn address(self) -> IpAddr {
        match self {
            Self::Address(ip) => ip,
            Self::Socket | Self::Unknown => Ipv6Addr::UNSPECIFIED.into(),
        }
    }
}

impl From<IpAddr> for Peer {
    fn from(ip: IpAddr) -> Self {
        Self::Address(ip)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(ip) => ip.fmt(f),
            Self::Socket => f.write_str(SOCKET),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// The header that trusted proxies write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// `X-Forwarded-For`, which is what most write.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
}

/// The end of a header's value, as it was sent: any bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Value {
    bytes: Vec<u8>,
    /// There was more before it.
    cut: bool,
}

impl Value {
    fn of(bytes: &[u8]) -> Self {
        let from = bytes.len().saturating_sub(MOST_BYTES);
        Self {
            bytes: bytes.get(from..).unwrap_or_default().to_vec(),
            cut: from > 0,
        }
    }
}

/// What a request says of where it came from. A claim; only [`TrustedProxies`] makes something of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    x_forwarded_for: Value,
    forwarded: Value,
}

impl Claims {
    /// The two headers, empty when they were not sent. Of long ones the end is kept.
    #[must_use]
    pub fn new(x_forwarded_for: &[u8], forwarded: &[u8]) -> Self {
        Self {
            x_forwarded_for: Value::of(x_forwarded_for),
            forwarded: Value::of(forwarded),
        }
    }
}

/// Addresses that share the first `prefix` bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    first: IpAddr,
    prefix: u32,
}

impl Range {
    /// An address, or an address and a length of prefix (RFC 4632 section 3.1, RFC 4291 section 2.3).
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(number(prefix)?)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().ok()?;
        let bits = if written.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        // No prefix at all would be everybody, and then a header is believed whoever sent it.
        if prefix == 0 || prefix > bits {
            return None;
        }
        let range = Self {
            first: written,
            prefix,
        };
        // Bits behind the prefix are a typing error: of the address or of the prefix?
        if range.network(written) != Some(written) {
            return None;
        }
        // With a shorter prefix than 96 the check above leaves no mapped address.
        Some(match (written, written.to_canonical()) {
            (IpAddr::V6(_), first @ IpAddr::V4(_)) => Self {
                first,
                prefix: prefix.checked_sub(96).filter(|left| *left > 0)?,
            },
            _ => range,
        })
    }

    /// The address without what is behind the prefix; `None` for one of the other family.
    fn network(&self, ip: IpAddr) -> Option<IpAddr> {
        match (self.first, ip) {
            (IpAddr::V4(_), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32u32.checked_sub(self.prefix)?)?;
                Some(Ipv4Addr::from_bits(ip.to_bits() & mask).into())
            }
            (IpAddr::V6(_), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128u32.checked_sub(self.prefix)?)?;
                Some(Ipv6Addr::from_bits(ip.to_bits() & mask).into())
            }
            _ => None,
        }
    }

    fn holds(&self, ip: IpAddr) -> bool {
        self.network(ip) == Some(self.first)
    }
}

/// The proxies whose word counts; by default none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    ranges: Vec<Range>,
    /// Whoever is connected to a socket of this machine is one of them.
    socket: bool,
    header: Header,
}

impl TrustedProxies {
    /// Addresses and ranges of IPv4 and IPv6, and `unix:`, between commas or spaces. `None` when one is
    /// none of them, has bits behind its prefix, or is everybody (`/0`); and for more than 64.
    #[must_use]
    pub fn parse(list: &str, header: Header) -> Option<Self> {
        let words = list.split([',', ' ', '\t']).filter(|word| !word.is_empty());
        let (sockets, ranges): (Vec<_>, Vec<_>) = words.partition(|word| *word == SOCKET);
        let ranges = ranges.into_iter().map(Range::parse);
        let ranges = ranges.collect::<Option<Vec<_>>>()?;
        (ranges.len() <= MOST_RANGES).then_some(Self {
            ranges,
            socket: !sockets.is_empty(),
            header,
        })
    }

    fn trusts(&self, hop: Peer) -> bool {
        match hop {
            Peer::Address(ip) => self.ranges.iter().any(|range| range.holds(ip)),
            Peer::Socket => self.socket,
            Peer::Unknown => false,
        }
    }

    /// A hop that is named otherwise than by an address: a socket, where they are trusted.
    fn socket(&self, node: &[u8]) -> Option<Peer> {
        (self.socket && node == SOCKET.as_bytes()).then_some(Peer::Socket)
    }

    /// The client's address: the first hop from the peer on that is no trusted proxy; `::` when that one
    /// has none. IPv4 addresses in IPv6 clothes (RFC 4291 section 2.5.5.2) are IPv4 addresses.
    #[must_use]
    pub fn client(&self, peer: impl Into<Peer>, claims: &Claims) -> IpAddr {
        let value = match self.header {
            Header::XForwardedFor => &claims.x_forwarded_for,
            Header::Forwarded => &claims.forwarded,
        };
        let mut hop = peer.into().bare();
        let mut rest = Some(value.bytes.as_slice());
        for _ in 0..MOST_HOPS {
            if !self.trusts(hop) {
                break;
            }
            let Some(left) = rest else { break };
            let entry = match comma(left, self.header) {
                Some(at) => {
                    rest = left.get(..at);
                    left.get(at.saturating_add(1)..).unwrap_or_default()
                }
                // The first entry; one that was cut may be another address than it was.
                None if value.cut => break,
                None => {
                    rest = None;
                    left
                }
            };
            let said = |node: &[u8], bare| {
                let address = address(node, bare).map(Peer::Address);
                address.or_else(|| self.socket(node))
            };
            let said = match self.header {
                Header::XForwardedFor => said(trim(entry), true),
                Header::Forwarded => r#for(entry).and_then(|node| said(&node, false)),
            };
            match said {
                Some(peer) => hop = peer.bare(),
                None => break,
            }
        }
        hop.address()
    }
}

/// Digits only, few of them.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn trim(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The last comma that parts two entries. Read from the end, so that what a client wrote into the
/// beginning, a quote that never ends among it, does not change what the proxies wrote behind it.
fn comma(list: &[u8], header: Header) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in list.iter().enumerate().rev() {
        match byte {
            b',' if !quoted => return Some(at),
            b'"' if header == Header::Forwarded => {
                let before = list.get(..at).unwrap_or_default();
                let backslashes = before.iter().rev().take_while(|b| **b == b'\\').count();
                // Within quotes one behind a backslash is a letter like any other.
                if !quoted || backslashes % 2 == 0 {
                    quoted = !quoted;
                }
            }
            _ => {}
        }
    }
    None
}

/// An address, perhaps with a port. One of IPv6 is in brackets, or has no port and may be `bare`.
fn address(text: &[u8], bare: bool) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(inner) = text.strip_prefix('[') {
        let (address, port) = inner.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
            .then_some(address.into());
    }
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return bare.then_some(address.into());
    }
    let address = match text.split_once(':') {
        Some((address, port)) if is_port(port) => address,
        Some(_) => return None,
        None => text,
    };
    address.parse::<Ipv4Addr>().ok().map(IpAddr::from)
}

/// Up to five digits, or a name that hides them (RFC 7239 section 6.3).
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => {
            let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
            !name.is_empty() && name.bytes().all(letter)
        }
        None => (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// A letter of a token (RFC 9110 section 5.6.2).
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Splits a token from the front; it may be empty.
fn token(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !is_token(*b));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, &[]))
}

/// Splits a quoted string from the front, behind its first quote; its text is without backslashes.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut words = Vec::new();
    let mut rest = text;
    loop {
        match rest {
            [b'"', after @ ..] => return Some((words, after)),
            [b'\\', letter, after @ ..] => {
                words.push(*letter);
                rest = after;
            }
            [b'\\'] | [] => return None,
            [letter, after @ ..] => {
                words.push(*letter);
                rest = after;
            }
        }
    }
}

/// The node that an element of `Forwarded` names with `for`, if the element is well-formed and does
/// so once (RFC 7239 section 4).
fn r#for(element: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    let mut rest = trim(element);
    while !rest.is_empty() {
        if let [b';', after @ ..] = rest {
            rest = trim(after);
            continue;
        }
        let (name, after) = token(rest);
        let [b'=', after @ ..] = after else {
            return None;
        };
        let (value, after) = match after {
            [b'"', inside @ ..] => quoted(inside)?,
            _ => match token(after) {
                ([], _) => return None,
                (word, after) => (word.to_vec(), after),
            },
        };
        rest = trim(after);
        if name.is_empty() || !(rest.is_empty() || rest.starts_with(b";")) {
            return None;
        }
        if name.eq_ignore_ascii_case(b"for") && found.replace(value).is_some() {
            return None;
        }
    }
    found
}

#[cfg(test)]
mod tests;
