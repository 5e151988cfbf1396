//! Who may open challenges, and whose are closed when there are too many.

use proptest::prelude::*;

use super::*;

const HOME: &str = "192.0.2.1";

fn from(ip: &str) -> AuditBuffer {
    AuditBuffer::from_ip(Some(ip))
}

fn opens(
    account: &mut Account,
    n: u8,
    purpose: Purpose,
    ip: &str,
    seconds: i64,
) -> Result<ChallengeToken, Denied> {
    account.open_challenge(
        id(n),
        purpose,
        &mut RuleContext::new(at(seconds), &Policy::default(), &mut from(ip)),
    )?;
    Ok(token(n, purpose))
}

fn is_open(account: &Account, token: &ChallengeToken, seconds: i64) -> bool {
    let list = account.list(token.purpose);
    list.is_open(token, at(seconds), &Policy::default())
}

fn proves(
    account: &mut Account,
    token: &ChallengeToken,
    method: Method,
    proof: &str,
    ip: &str,
) -> bool {
    let (grant, policy) = (Some(GrantId::new([9; 16])), Policy::default());
    let now = at(90);
    account
        .verify(
            token,
            method,
            proof,
            grant,
            &mut RuleContext::new(now, &policy, &mut from(ip)),
        )
        .is_ok()
}

/// The owner has signed in from home once, at second 90.
fn at_home() -> Account {
    let mut account = enrolled();
    let login = opens(&mut account, 1, Purpose::Login, HOME, 90).unwrap();
    assert!(proves(
        &mut account,
        &login,
        Method::Totp,
        &code_at(90),
        HOME
    ));
    account
}

/// Addresses of as many customers.
fn elsewhere(n: u32) -> String {
    std::net::Ipv4Addr::from(0x0A00_0000 + n).to_string()
}

#[test]
fn logins_close_no_step_up_and_step_ups_no_login() {
    for (mine, theirs) in [
        (Purpose::StepUp, Purpose::Login),
        (Purpose::VerifyPhone, Purpose::Login),
        (Purpose::Login, Purpose::StepUp),
        (Purpose::Login, Purpose::ResetPassword),
        (Purpose::StepUp, Purpose::ResetPassword),
        (Purpose::ResetPassword, Purpose::Login),
    ] {
        let mut account = enrolled();
        let owners = opens(&mut account, 1, mine, HOME, 90).unwrap();
        for n in 0..20 {
            opens(&mut account, 50, theirs, HOME, 90 + n).unwrap();
        }
        assert!(is_open(&account, &owners, 110), "{mine} closed by {theirs}");
    }
}

#[test]
fn no_number_of_logins_from_elsewhere_closes_or_delays_one_from_where_a_proof_came_from() {
    let mut account = at_home();
    let owners = opens(&mut account, 2, Purpose::Login, HOME, 91).unwrap();
    for n in 0..2_000 {
        opens(&mut account, 50, Purpose::Login, &elsewhere(n), 91).unwrap();
    }
    assert!(is_open(&account, &owners, 91));
    assert!(opens(&mut account, 3, Purpose::Login, HOME, 91).is_ok());
    assert!(is_open(&account, &owners, 91));
    // Those from elsewhere closed each other.
    let document = account.to_document().unwrap().len();
    assert!(document < 1_500, "{document} bytes");
}

#[test]
fn the_oldest_of_whoever_opened_most_is_closed() {
    let mut account = enrolled();
    let owners = opens(&mut account, 1, Purpose::Login, HOME, 90).unwrap();
    let theirs: Vec<_> = (10..28)
        .map(|n| opens(&mut account, n, Purpose::Login, "198.51.100.7", 91).unwrap())
        .collect();
    assert!(is_open(&account, &owners, 91));
    let left: Vec<_> = theirs
        .iter()
        .map(|theirs| is_open(&account, theirs, 91))
        .collect();
    assert_eq!(left[..14], [false; 14], "the oldest first");
    assert_eq!(left[14..], [true; 4]);
    // Two of the owner's, and still theirs go.
    let second = opens(&mut account, 2, Purpose::Login, HOME, 92).unwrap();
    opens(&mut account, 30, Purpose::Login, "198.51.100.7", 93).unwrap();
    assert!(is_open(&account, &owners, 93) && is_open(&account, &second, 93));
}

#[test]
fn one_customer_of_ipv6_is_one_opener_however_many_networks_it_has() {
    let mut account = enrolled();
    let owners = opens(&mut account, 1, Purpose::Login, "2001:db8:1::1", 90).unwrap();
    let mut refused = 0;
    for n in 0..100 {
        let ip = format!("2001:db8:2:{n:x}::1");
        refused += u32::from(opens(&mut account, 50, Purpose::Login, &ip, 91).is_err());
    }
    assert!(is_open(&account, &owners, 91));
    assert_eq!(refused, 80);
}

#[test]
fn a_network_opens_twenty_in_a_row_and_one_a_minute_and_others_go_on() {
    let mut account = enrolled();
    for _ in 0..20 {
        opens(&mut account, 50, Purpose::Login, HOME, 90).unwrap();
    }
    let wait = |retry_after| Err(Denied::Throttled { retry_after });
    let before = account.to_document().unwrap();
    assert_eq!(opens(&mut account, 1, Purpose::Login, HOME, 90), wait(60));
    assert_eq!(opens(&mut account, 1, Purpose::Login, HOME, 149), wait(1));
    assert_eq!(
        account.to_document().unwrap(),
        before,
        "a refusal leaves no trace"
    );
    assert!(opens(&mut account, 1, Purpose::Login, HOME, 150).is_ok());
    assert_eq!(opens(&mut account, 1, Purpose::Login, HOME, 150), wait(60));
    assert_eq!(opens(&mut account, 1, Purpose::Login, HOME, 209), wait(1));
    // Not those of another network, nor of another list.
    assert!(opens(&mut account, 2, Purpose::Login, "198.51.100.7", 150).is_ok());
    assert!(opens(&mut account, 3, Purpose::StepUp, HOME, 150).is_ok());
}

#[test]
fn a_proof_gives_its_network_back_what_it_opened() {
    let mut account = enrolled();
    for n in 1..=20 {
        opens(&mut account, n, Purpose::Login, HOME, 90).unwrap();
    }
    let last = token(20, Purpose::Login);
    assert!(proves(
        &mut account,
        &last,
        Method::Totp,
        &code_at(90),
        HOME
    ));
    for n in 21..=40 {
        opens(&mut account, n, Purpose::Login, HOME, 90).unwrap();
    }
    assert!(opens(&mut account, 41, Purpose::Login, HOME, 90).is_err());
}

#[test]
fn wrong_backup_codes_from_elsewhere_do_not_slow_down_where_a_proof_came_from() {
    let mut account = at_home();
    let theirs = opens(&mut account, 2, Purpose::Login, "198.51.100.7", 90).unwrap();
    for _ in 0..5 {
        assert!(!proves(
            &mut account,
            &theirs,
            Method::BackupCode,
            "wrong",
            "198.51.100.7"
        ));
    }
    let code = "0123456789ABCDEF";
    assert!(!proves(
        &mut account,
        &theirs,
        Method::BackupCode,
        code,
        "198.51.100.7"
    ));
    let owners = opens(&mut account, 3, Purpose::Login, HOME, 90).unwrap();
    assert!(proves(
        &mut account,
        &owners,
        Method::BackupCode,
        code,
        HOME
    ));
    // There, wrong ones are slowed down all the same.
    let owners = opens(&mut account, 4, Purpose::Login, HOME, 90).unwrap();
    for _ in 0..5 {
        assert!(!proves(
            &mut account,
            &owners,
            Method::BackupCode,
            "wrong",
            HOME
        ));
    }
    assert_eq!(
        account.locks(at(90)),
        [(Method::BackupCode, at(150)), (Method::BackupCode, at(150))]
    );
    let code = "1123456789ABCDEF";
    assert!(!proves(
        &mut account,
        &owners,
        Method::BackupCode,
        code,
        HOME
    ));
}

#[test]
fn the_last_five_networks_of_proofs_are_known_and_none_after_a_reset() {
    let mut account = enrolled();
    let network = |n| Some(Network::of(elsewhere(n).parse().unwrap()));
    for n in 1..=6 {
        account.remember_network(&from(&elsewhere(n)));
        account.remember_network(&from(&elsewhere(2)));
    }
    let known: Vec<_> = (1..=6).map(|n| account.is_known(network(n))).collect();
    assert_eq!(known, [false, true, true, true, true, true]);
    assert!(!account.is_known(None));
    account
        .reset(
            PROVEN,
            "admin",
            "test",
            &mut RuleContext::new(at(90), &Policy::default(), &mut AuditBuffer::default()),
        )
        .unwrap();
    assert!((1..=6).all(|n| !account.is_known(network(n))));
}

proptest! {
    /// Whatever the times: from one network never more than twenty, and one more a minute.
    #[test]
    fn no_network_opens_more_than_its_budget(waits in proptest::collection::vec(0i64..200, 1..120)) {
        let mut account = enrolled();
        let (mut now, mut opened) = (0, Vec::new());
        for wait in waits {
            now += wait;
            match opens(&mut account, 50, Purpose::Login, HOME, now) {
                Ok(_) => opened.push(now),
                Err(Denied::Throttled { retry_after }) => {
                    prop_assert!((1..=60).contains(&retry_after));
                    let again = now + i64::try_from(retry_after).unwrap();
                    let mut early = copy(&account);
                    prop_assert!(opens(&mut early, 50, Purpose::Login, HOME, again - 1).is_err());
                    let mut then = copy(&account);
                    prop_assert!(opens(&mut then, 50, Purpose::Login, HOME, again).is_ok());
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
        for (first, from) in opened.iter().enumerate() {
            for (last, to) in opened.iter().enumerate().skip(first) {
                let count = i64::try_from(last - first + 1).unwrap();
                prop_assert!(count <= 20 + (to - from) / 60 + 1, "{count} in {} s", to - from);
            }
        }
    }
}

/// `::` is nobody's: whoever has no address is counted with all others who have none, and known to nobody.
#[test]
fn no_proof_makes_the_place_of_those_without_an_address_known() {
    let mut account = enrolled();
    let login = opens(&mut account, 1, Purpose::Login, "::", 90).unwrap();
    let code = code_at(90);
    assert!(proves(&mut account, &login, Method::Totp, &code, "::"));
    let nowhere = Network::of("::".parse().unwrap());
    assert!(!account.is_known(Some(nowhere)));
    // Who comes from a known place is not slowed down by wrong backup codes from nowhere.
    let mut account = at_home();
    let thief = opens(&mut account, 2, Purpose::Login, "::", 100).unwrap();
    for _ in 0..10 {
        let wrong = "ZZZZ-ZZZZ-ZZZZ-ZZZZ";
        assert!(!proves(
            &mut account,
            &thief,
            Method::BackupCode,
            wrong,
            "::"
        ));
    }
    let owner = opens(&mut account, 3, Purpose::Login, HOME, 100).unwrap();
    let code = "0123-4567-89AB-CDEF";
    assert!(proves(&mut account, &owner, Method::BackupCode, code, HOME));
}

/// Who has the password where there is no factor yet begins set-ups by the dozen, from one place or from many.
#[test]
fn no_number_of_set_ups_from_elsewhere_ends_one_from_where_a_proof_came_from() {
    for method in SENT_METHODS {
        let mut account = at_home();
        account.remove(
            Method::Totp,
            None,
            &mut RuleContext::new(at(91), &Policy::default(), &mut from(HOME)),
        );
        assert!(!account.is_enrolled());
        let begin = |account: &mut Account, n: u32, ip: &str| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            let (id, to) = (SetupId::new(id), place(method));
            let (recipient, now) = (Recipient::default(), at(92));
            account.start_contact(
                id,
                method,
                to,
                &recipient,
                None,
                &mut RuleContext::new(now, &Policy::default(), &mut from(ip)),
            );
            id
        };
        let owners = begin(&mut account, 0, HOME);
        for n in 1..100 {
            begin(&mut account, n, &elsewhere(n));
        }
        assert!(waits(&account, &owners, 92), "{method:?}");
        // Nor do those from one place end one from another that is as little known.
        let travelling = begin(&mut account, 200, "203.0.113.9");
        for n in 201..300 {
            begin(&mut account, n, "198.51.100.7");
        }
        assert!(waits(&account, &travelling, 92), "{method:?}");
        assert!(waits(&account, &owners, 92), "{method:?}");
        assert_eq!(account.pending_contacts.all().len(), 11);
    }
}
