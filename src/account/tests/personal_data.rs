//! What is kept of one person: all of it in a copy, and none of it once they are forgotten.

use serde_json::Value;

use super::*;

fn text(account: &Account) -> String {
    format!("{:#}", account.export())
}

#[test]
fn a_copy_has_what_identifies_its_user_in_full_and_nothing_secret() {
    let account = full();
    let copy = text(&account);
    for own in [
        NUMBER,
        OTHER_NUMBER,
        ADDRESS,
        "2023-11-14T22:13:30Z",
        "\"disabled\"",
        "whatsapp",
    ] {
        assert!(copy.contains(own), "{own}: {copy}");
    }
    // Its codes and secrets, its keys, and what it has of hashes, in any spelling of bytes.
    for secret in [
        "12345678901234567890",
        "GEZDGNBVGY3TQOJQ",
        "MTIzNDU2Nzg5MD",
        "3132333435363738",
        "0123456789ABCDEF",
        "111111",
        "222222",
        "333333",
        "444444",
        "555555",
        "0101010101010101",
        "AQEBAQEBAQ",
        "1,\n    1,\n    1",
        "VE1",
        "VE2",
    ] {
        assert!(!copy.contains(secret), "{secret}: {copy}");
    }
    let hashes = account
        .factors
        .iter()
        .filter_map(Factor::backup)
        .flat_map(|it| it.hashes.clone());
    let mac = *account.audit.mac.bytes();
    for hash in hashes.chain([mac]) {
        for written in [HEXLOWER.encode(&hash), data_encoding::BASE64.encode(&hash)] {
            assert!(!copy.contains(&written));
        }
    }
}

#[test]
fn a_copy_has_a_field_for_each_thing_that_a_document_keeps() {
    let Value::Object(copy) = full().export() else {
        panic!("no object");
    };
    for (name, value) in [
        ("factors", 5),
        ("failures", 1),
        ("step_ups", 1),
        ("password_resets", 1),
        ("pending_set_ups", 1),
    ] {
        let items = copy[name].as_array().unwrap();
        assert!(items.len() >= value.min(1), "{name}: {items:?}");
    }
    assert_eq!(copy["telephone"]["number"], NUMBER);
    assert!(
        copy["factors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["address"] == ADDRESS)
    );
}

#[test]
fn of_whom_is_forgotten_nothing_is_left_but_what_never_falls() {
    for is_gone in [false, true] {
        let account = full();
        let (epoch, head) = (account.epoch, account.audit.seq);
        let generations = (account.app_generation, account.codes_generation);
        let (ended, dues) = (account.devices_ended(), account.dues.len());
        let left = account.forgotten(is_gone, at(500));
        let copy = text(&left);
        for own in ["+49", "@", "192.0.2", "carrier", "totp"] {
            assert!(!copy.contains(own), "{own}: {copy}");
        }
        assert!(left.epoch > epoch && left.devices_ended() > ended);
        assert_eq!(left.audit.seq, head);
        assert_eq!((left.app_generation, left.codes_generation), generations);
        assert_eq!(left.dues.len(), if is_gone { 0 } else { dues });
        assert!(!left.is_enrolled() && left.phone().is_none());
        // The password alone does not become enough, unless an operator said that nobody comes back.
        assert_eq!(left.must_enrol(at(500)), !is_gone);
        let written = left.to_document().unwrap();
        let read = Account::from_document(&written).unwrap();
        assert_eq!(*read.to_document().unwrap(), *written);
        assert!(written.len() < 250, "{}", written.len());
    }
    // Of whom nothing was asked before, nothing is afterwards.
    let nobody = Account::new(HashKey::new([1; 32])).forgotten(false, at(500));
    assert!(!nobody.must_enrol(at(500)));
}

#[test]
fn what_was_required_of_whoever_had_no_factor_yet_is_required_after_they_are_forgotten() {
    let mut account = Account::new(HashKey::new([1; 32]));
    account.require_anew(at(9_000), at(0));
    assert!(account.forgotten(false, at(500)).must_enrol(at(500)));
}
