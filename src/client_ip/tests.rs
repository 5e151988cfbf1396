//! What headers may say, and what is believed of it.

use proptest::prelude::*;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies(list: &str) -> TrustedProxies {
    TrustedProxies::parse(list, Header::XForwardedFor).unwrap()
}

fn standard(list: &str) -> TrustedProxies {
    TrustedProxies::parse(list, Header::Forwarded).unwrap()
}

fn listed(text: impl AsRef<[u8]>) -> Claims {
    Claims::new(text.as_ref(), b"for=6.6.6.6")
}

fn said(text: impl AsRef<[u8]>) -> Claims {
    Claims::new(b"6.6.6.6", text.as_ref())
}

#[test]
fn without_a_trusted_proxy_nothing_is_believed() {
    let claims = Claims::new(b"6.6.6.6", b"for=6.6.6.6");
    for nobody in [
        TrustedProxies::default(),
        proxies(""),
        standard(" , "),
        proxies("10.0.0.0/8"),
    ] {
        assert_eq!(
            nobody.client(ip("192.0.2.1"), &claims),
            ip("192.0.2.1"),
            "{nobody:?}"
        );
    }
}

#[test]
fn the_first_from_the_right_that_is_not_trusted_is_the_client() {
    let ours = proxies("10.0.0.0/8, 2001:db8:1::/48 192.0.2.9");
    for (list, client) in [
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.1.1.1,198.51.100.7 ,\t10.0.0.2", "198.51.100.7"),
        ("nonsense, 198.51.100.7,192.0.2.9", "198.51.100.7"),
        ("2001:db8:2::7, 2001:db8:1::2", "2001:db8:2::7"),
        ("[2001:db8:2::7]:443", "2001:db8:2::7"),
        ("[2001:db8:2::7]", "2001:db8:2::7"),
        ("198.51.100.7:40000", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, ::ffff:10.0.0.2", "198.51.100.7"),
        // Everybody is ours: the one who asked first.
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
    ] {
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "192.0.2.9"] {
            assert_eq!(ours.client(ip(peer), &listed(list)), ip(client), "{list}");
        }
    }
}

#[test]
fn what_is_no_address_ends_at_the_hop_before() {
    let ours = proxies("10.0.0.0/8");
    for list in [
        "",
        ",",
        "6.6.6.6,",
        "6.6.6.6, unknown",
        "6.6.6.6, 1.2.3",
        "6.6.6.6, 01.2.3.4",
        "6.6.6.6, 1.2.3.4.5",
        "6.6.6.6, 1.2.3.4:",
        "6.6.6.6, 1.2.3.4:123456",
        "6.6.6.6, [::1",
        "6.6.6.6, [::1]x",
        "6.6.6.6, [1.2.3.4]",
        "6.6.6.6, fe80::1%eth0",
        "6.6.6.6, \"1.2.3.4\"",
        "6.6.6.6, 1.2.3.4 5",
        "6.6.6.6, ٣.2.3.4",
    ] {
        assert_eq!(
            ours.client(ip("10.0.0.1"), &listed(list)),
            ip("10.0.0.1"),
            "{list}"
        );
        let behind = format!("{list}, 10.0.0.2");
        assert_eq!(
            ours.client(ip("10.0.0.1"), &listed(&behind)),
            ip("10.0.0.2"),
            "{behind}"
        );
    }
    let bytes = listed(b"6.6.6.6, \xff\xfe");
    assert_eq!(ours.client(ip("10.0.0.1"), &bytes), ip("10.0.0.1"));
}

#[test]
fn a_peer_is_an_address_a_socket_or_unknown() {
    let address = |text| Peer::Address(ip(text));
    for (remote, peer) in [
        ("192.0.2.1", address("192.0.2.1")),
        ("2001:db8::1", address("2001:db8::1")),
        ("::ffff:192.0.2.1", address("::ffff:192.0.2.1")),
        ("fe80::1%eth0", address("fe80::1")),
        ("unix:", Peer::Socket),
        ("unix:/run/nginx.sock", Peer::Socket),
        ("@", Peer::Socket),
    ] {
        assert_eq!(Peer::read(remote.as_bytes()), peer, "{remote}");
    }
    for odd in [
        "",
        " ",
        "unknown",
        "unix",
        "UNIX:",
        "@/run/x.sock",
        "localhost",
        "192.0.2.1:80",
        "[2001:db8::1]",
        "192.0.2.1, 10.0.0.1",
        "192.0.2.1\n",
        "192.0.2.1%eth0",
        "fe80::1%",
        "0x7f000001",
    ] {
        assert_eq!(Peer::read(odd.as_bytes()), Peer::Unknown, "{odd:?}");
    }
    assert_eq!(Peer::read(b"\xff"), Peer::Unknown);
    let shown = [Peer::Unknown, Peer::Socket, address("192.0.2.1")].map(|p| p.to_string());
    assert_eq!(shown, ["unknown", "unix:", "192.0.2.1"]);
}

#[test]
fn a_socket_is_a_proxy_when_it_is_named() {
    let named = proxies("unix:, 10.0.0.0/8");
    let socket = |ours: &TrustedProxies, list: &str| ours.client(Peer::Socket, &listed(list));
    for (list, client) in [
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", "198.51.100.7"),
        // nginx in front of nginx, each on a socket.
        ("6.6.6.6, 198.51.100.7, unix:", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 10.0.0.2, unix:", "198.51.100.7"),
        ("", "::"),
        ("unix:", "::"),
        ("6.6.6.6, nonsense", "::"),
        ("6.6.6.6, unix:/run/nginx.sock", "::"),
    ] {
        assert_eq!(socket(&named, list), ip(client), "{list}");
    }
    let standard = standard("unix:");
    let list = said("for=6.6.6.6, for=198.51.100.7, for=\"unix:\"");
    assert_eq!(standard.client(Peer::Socket, &list), ip("198.51.100.7"));
    // Not named it is nobody in particular, and no entry makes one of it.
    let unnamed = proxies("10.0.0.0/8");
    assert_eq!(socket(&unnamed, "198.51.100.7"), ip("::"));
    let list = listed("198.51.100.7, unix:");
    assert_eq!(unnamed.client(ip("10.0.0.1"), &list), ip("10.0.0.1"));
}

/// Whatever is trusted: else an odd value of REMOTE_ADDR would make a client a proxy.
#[test]
fn an_unknown_peer_is_never_trusted() {
    for list in ["", "unix:", "::", "10.0.0.0/8", "::/1, 0.0.0.0/1, unix:"] {
        let client = proxies(list).client(Peer::Unknown, &listed("198.51.100.7"));
        assert_eq!(client, ip("::"), "{list}");
    }
}

#[test]
fn the_standard_header_is_read_as_the_rfc_has_it() {
    let ours = standard("10.0.0.0/8, 2001:db8:1::/48");
    for (list, client) in [
        ("for=198.51.100.7", "198.51.100.7"),
        // RFC 7239 section 4.
        ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
        (
            "for=6.6.6.6, host=\"a, for=\\\"b;c\\\\\"; FOR=\"192.0.2.43:_x\" , for=10.0.0.2",
            "192.0.2.43",
        ),
        // A quote that never ends is the client's, and stays with the client.
        ("for=6.6.6.6;by=\", for=198.51.100.7", "198.51.100.7"),
        (
            "for=\", for=\"[2001:db8:2::7]\";host=\"x\"",
            "2001:db8:2::7",
        ),
        ("for=\"\\, for=\"198.51.100.7:1\"", "198.51.100.7"),
    ] {
        assert_eq!(
            ours.client(ip("10.0.0.1"), &said(list)),
            ip(client),
            "{list}"
        );
    }
    for list in [
        "198.51.100.7",
        "for=unknown",
        "for=_hidden",
        "by=198.51.100.7",
        "for=1.2.3.4;for=1.2.3.4",
        "for=1.2.3.4:80",
        "for=[2001:db8:2::7]",
        "for=\"2001:db8:2::7\"",
        "for=\"1.2.3.4",
        "for=\"1.2.3.4\"x",
        "for = 1.2.3.4",
        "for=1.2.3.4 by=2",
        "=1;for=1.2.3.4",
        "for=;by=1.2.3.4",
        "for",
        "",
    ] {
        let list = format!("for=6.6.6.6, {list}, for=10.0.0.2");
        assert_eq!(
            ours.client(ip("10.0.0.1"), &said(&list)),
            ip("10.0.0.2"),
            "{list}"
        );
    }
}

#[test]
fn ranges_are_what_they_say_or_an_error() {
    for (list, inside, outside) in [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.2"),
        ("10.1.2.2/31", "10.1.2.3", "10.1.2.4"),
        ("128.0.0.0/1", "255.0.0.1", "127.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0"),
        ("::ffff:10.1.2.3", "10.1.2.3", "::a01:203"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("2001:db8::1/128", "2001:db8::1", "2001:db8::2"),
        // A range of IPv6 holds no IPv4, not even where that is mapped to.
        ("::/1", "::1", "10.0.0.1"),
    ] {
        let ours = proxies(list);
        let claims = listed("198.51.100.7");
        assert_eq!(
            ours.client(ip(inside), &claims),
            ip("198.51.100.7"),
            "{list}"
        );
        assert_eq!(ours.client(ip(outside), &claims), ip(outside), "{list}");
    }
    let many = vec!["10.0.0.1"; 65].join(",");
    for wrong in [
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/08x",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0",
        "0.0.0.0/0",
        "::/0",
        "::ffff:0:0/96",
        "::ffff:0:0/95",
        "2001:db8::1/32",
        "2001:db8::/129",
        "[::1]",
        "fe80::1%1",
        "example.com",
        "unix",
        "unix:/run/nginx.sock",
        "@",
        "10.0.0.1;10.0.0.2",
        "*",
        many.as_str(),
    ] {
        assert_eq!(
            TrustedProxies::parse(wrong, Header::XForwardedFor),
            None,
            "{wrong}"
        );
    }
}

#[test]
fn long_headers_and_long_ways_end() {
    let ours = proxies("10.0.0.0/8");
    // A hundred proxies of ours: after 32 nobody goes on.
    let list = format!("6.6.6.6{}", ", 10.0.0.2".repeat(100));
    assert_eq!(ours.client(ip("10.0.0.1"), &listed(list)), ip("10.0.0.2"));
    // The end of a long one counts.
    let list = format!("{}, 198.51.100.7", "x".repeat(1_000_000));
    assert_eq!(
        ours.client(ip("10.0.0.1"), &listed(list)),
        ip("198.51.100.7")
    );
    // An entry that was cut is none: of 210.0.0.7 it would have left 10.0.0.7.
    for spaces in [0, 1] {
        let list = format!(
            "2{}10.0.0.7{}",
            " ".repeat(spaces),
            " ".repeat(MOST_BYTES - 8)
        );
        assert_eq!(ours.client(ip("10.0.0.1"), &listed(list)), ip("10.0.0.1"));
    }
}

fn any_ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        any::<[u8; 16]>().prop_map(IpAddr::from),
        any::<[u8; 3]>().prop_map(|[a, b, c]| IpAddr::from([10, a, b, c])),
    ]
}

/// One of ours, in whichever clothes.
fn ours() -> impl Strategy<Value = IpAddr> {
    (any::<[u8; 3]>(), any::<bool>()).prop_map(|([a, b, c], mapped)| {
        let ip = Ipv4Addr::from([10, a, b, c]);
        if mapped {
            ip.to_ipv6_mapped().into()
        } else {
            ip.into()
        }
    })
}

fn strangers() -> impl Strategy<Value = IpAddr> {
    any_ip().prop_filter("ours", |ip| {
        !proxies("10.0.0.0/8").trusts(Peer::Address(*ip).bare())
    })
}

/// How a proxy writes an address.
fn written(header: Header, ip: IpAddr) -> String {
    match (header, ip) {
        (Header::XForwardedFor, ip) => ip.to_string(),
        (Header::Forwarded, IpAddr::V4(ip)) => format!("proto=https;for={ip}"),
        (Header::Forwarded, IpAddr::V6(ip)) => format!("for=\"[{ip}]\";host=\"a,b\""),
    }
}

fn with(header: Header, list: &[u8]) -> (TrustedProxies, Claims) {
    (
        TrustedProxies::parse("10.0.0.0/8", header).unwrap(),
        match header {
            Header::XForwardedFor => Claims::new(list, b"for=6.6.6.6"),
            Header::Forwarded => Claims::new(b"6.6.6.6", list),
        },
    )
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![Just(Header::XForwardedFor), Just(Header::Forwarded)]
}

/// What a client may send: noise, and what looks like a list.
fn forged() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        "[0-9a-f:.,\"\\\\ =;\\[\\]for]{0,80}".prop_map(String::into_bytes),
    ]
}

proptest! {
    /// Whatever a client sends, it is the address that our proxy saw.
    #[test]
    fn what_a_client_sends_changes_nothing(
        header in header(),
        forged in forged(),
        client in strangers(),
        between in proptest::collection::vec(ours(), 0..5),
        peer in ours(),
    ) {
        let mut list = forged;
        for hop in std::iter::once(client).chain(between) {
            list.extend(b", ");
            list.extend(written(header, hop).bytes());
        }
        let (proxies, claims) = with(header, &list);
        prop_assert_eq!(proxies.client(peer, &claims), client.to_canonical());
    }

    /// A peer that is none of ours is the client, whatever it sends.
    #[test]
    fn a_stranger_is_itself(header in header(), forged in forged(), peer in strangers()) {
        let (proxies, claims) = with(header, &forged);
        prop_assert_eq!(proxies.client(peer, &claims), peer.to_canonical());
    }

    /// No bytes make it panic, and the answer is no address in clothes.
    #[test]
    fn any_bytes_have_an_answer(header in header(), forged in forged(), peer in any_ip()) {
        let (proxies, claims) = with(header, &forged);
        let client = proxies.client(peer, &claims);
        prop_assert_eq!(client, client.to_canonical());
    }

    /// A range is the addresses whose first bits are its own.
    #[test]
    fn a_range_is_a_prefix(first in any::<u32>(), prefix in 1u32..=32, other in any::<u32>(), flip in 0u32..32) {
        let first = first & (u32::MAX << (32 - prefix));
        let range = proxies(&format!("{}/{prefix}", Ipv4Addr::from(first)));
        let same = |ip: u32| (ip ^ first).leading_zeros() >= prefix;
        for ip in [first, other, first ^ (1 << flip)] {
            prop_assert_eq!(range.trusts(Peer::Address(Ipv4Addr::from(ip).into())), same(ip));
            let wide = u128::from(first) << 96;
            let range = proxies(&format!("{}/{prefix}", Ipv6Addr::from(wide)));
            let ip = Ipv6Addr::from((u128::from(ip) << 96) | u128::from(other));
            prop_assert_eq!(range.trusts(Peer::Address(ip.into())), same((ip.to_bits() >> 96) as u32));
        }
    }
}
