use std::net::{IpAddr, Ipv4Addr};
use twofactor::account::totp::Totp;
use twofactor::clock::UnixTime;
use twofactor::config::Config;
use twofactor::types::{Method, UserId};
use twofactor::verifier::{Client, User, Verifier};
fn at(s: i64) -> UnixTime {
    UnixTime::new(1_700_000_010 + s).unwrap()
}
fn main() {
    let n: i64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let verifier =
        Verifier::open(Config::parse([("store", "memory:")]).unwrap(), None, true).unwrap();
    let user = User {
        id: UserId::new("7").unwrap(),
        name: "alice".to_owned(),
        email: None,
        locale: None,
    };
    let client = Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), String::new());
    let setup = verifier.start_totp(at(0), &user, None, None, None).unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    verifier
        .confirm_totp(at(0), &setup.token, &phone.at(at(0)), &client)
        .unwrap();
    for i in 1..=n {
        let now = i * 30;
        let login = verifier.begin_login(at(now), &user, &client).unwrap();
        let code = phone.at(at(now));
        verifier
            .verify(at(now), &login.challenge, Method::Totp, &code, &client)
            .unwrap();
    }
}
