use proptest::prelude::*;

use super::*;
use crate::account::ImportedApp;
use crate::types::{Algorithm, Method};

const NEXTCLOUD: &str = include_str!("../../tests/imports/nextcloud.csv");
const NEXTCLOUD_JSON: &str = include_str!("../../tests/imports/nextcloud.json");
const NEXTCLOUD_SECRET: &[u8] = include_bytes!("../../tests/imports/nextcloud-secret.txt");
const WORDPRESS: &str = include_str!("../../tests/imports/wordpress.csv");
const WORDPRESS_JSON: &str = include_str!("../../tests/imports/wordpress.json");
const CMSMS3: &str = include_str!("../../tests/imports/cmsms3.csv");
const CMSMS3_JSON: &str = include_str!("../../tests/imports/cmsms3.json");
const PLAIN: &str = include_str!("../../tests/imports/pskc-plain.xml");
const AES128: &str = include_str!("../../tests/imports/pskc-aes128.xml");
const PBKDF2: &str = include_str!("../../tests/imports/pskc-pbkdf2.xml");
const PSKC_KEY: &[u8] = b"12345678901234567890123456789012\n";
const PSKC_PASSWORD: &[u8] = b"correct horse battery staple\n";

fn keys() -> Keys<'static> {
    Keys {
        pskc: None,
        nextcloud: Some(NEXTCLOUD_SECRET),
    }
}

fn all(format: Format, text: &str, keys: Keys<'_>) -> Candidates {
    read(format, text.as_bytes(), keys).unwrap_or_else(|why| panic!("{why}"))
}

fn refused(format: Format, text: &str) -> String {
    read(format, text.as_bytes(), keys())
        .unwrap_err()
        .to_string()
}

/// The secret, in base 32, and how codes are made of it.
fn apps(candidate: &Candidate) -> Vec<(String, Algorithm, u8, u32)> {
    let shown = |app: &ImportedApp| {
        (
            app.totp.secret().to_base32().to_string(),
            app.totp.algorithm(),
            app.totp.digits(),
            app.totp.period(),
        )
    };
    candidate.factors.apps.iter().map(shown).collect()
}

fn plain(secret: &str) -> Vec<(String, Algorithm, u8, u32)> {
    vec![(secret.to_owned(), Algorithm::Sha1, 6, 30)]
}

fn left(candidate: &Candidate) -> Vec<&'static str> {
    candidate.left.iter().map(|it| it.what).collect()
}

#[test]
fn nextcloud_s_secrets_are_opened_with_the_instance_s_and_only_what_was_confirmed_is_taken() {
    for text in [NEXTCLOUD, NEXTCLOUD_JSON] {
        let all = all(Format::Nextcloud, text, keys()).0;
        assert_eq!(
            apps(&all["anna"]),
            plain("V3ZFRD4NDKTOSPVQYQBDPIUVA6IZBX5O")
        );
        let bert = (
            "M77FZFDJW3II66QBTYCVDNPJ4KE654EZ".to_owned(),
            Algorithm::Sha512,
            6,
            30,
        );
        assert_eq!(apps(&all["bert"]), [bert]);
        assert_eq!(apps(&all["cleo"]), plain("H7C3KFPPOJ3APPWZ"));
        assert!(all["cleo"].factors.apps[0].totp.secret().is_weak());
        assert_eq!(
            (apps(&all["dora"]), left(&all["dora"])),
            (vec![], vec!["totp"])
        );
        assert_eq!(
            apps(&all["emil"]),
            plain("RXK57M2SQDTM5HSEOAVFETP4FIORBMDG"),
            "version 2"
        );
        assert_eq!(all.len(), 5);
    }
}

#[test]
fn a_secret_of_nextcloud_that_is_another_instance_s_or_was_altered_is_not_taken() {
    let other = Keys {
        nextcloud: Some(b"another"),
        ..Keys::default()
    };
    let all = all(Format::Nextcloud, NEXTCLOUD, other).0;
    for user in ["anna", "bert", "cleo", "emil"] {
        assert_eq!(
            (apps(&all[user]), left(&all[user])),
            (vec![], vec!["totp"]),
            "{user}"
        );
        assert!(all[user].left[0].why.contains("another instance"));
    }
    // One letter of the ciphertext, of the vector, of the MAC, of the version; and none of them.
    let altered = |from: &str, to: &str| {
        let text = NEXTCLOUD.replace(from, to);
        assert_ne!(text, NEXTCLOUD);
        self::all(Format::Nextcloud, &text, keys()).0["anna"].clone()
    };
    for (from, to) in [
        ("6f5a82fa", "6f5a82fb"),
        ("ed8ae904", "ed8ae905"),
        ("de8bbd7d", "de8bbd7e"),
        ("9608f5|3", "9608f5|2"),
        ("9608f5|3", "9608f5"),
        ("6f5a82fa", "zz5a82fa"),
    ] {
        let anna = altered(from, to);
        assert_eq!((apps(&anna), left(&anna)), (vec![], vec!["totp"]), "{from}");
    }
    let none = read(Format::Nextcloud, NEXTCLOUD.as_bytes(), Keys::default());
    assert!(
        none.unwrap_err()
            .to_string()
            .contains("--nextcloud-secret-file")
    );
}

#[test]
fn wordpress_is_read_as_its_plugin_does() {
    for text in [WORDPRESS, WORDPRESS_JSON] {
        let all = all(Format::Wordpress, text, Keys::default()).0;
        assert_eq!(
            apps(&all["anna"]),
            plain("LZYSMRDPNZEEU6CJOVHGCKBQEB4CG3B4")
        );
        assert_eq!(all["anna"].factors.primary, Some(Method::Totp));
        // Backup codes are hashes of WordPress.
        assert_eq!(left(&all["anna"]), ["backup"]);
        assert_eq!(
            all["bert"].factors.email.as_deref(),
            Some("bert@example.org")
        );
        assert_eq!((apps(&all["bert"]), left(&all["bert"])), (vec![], vec![]));
        assert_eq!(apps(&all["cleo"]), plain("KMVCCVLTJREWMS3I"));
        assert_eq!(
            (apps(&all["dora"]), left(&all["dora"])),
            (vec![], vec!["totp"])
        );
        assert_eq!(
            (all["emil"].factors.methods(), left(&all["emil"])),
            (vec![], vec!["other"])
        );
        assert_eq!(all.len(), 5);
    }
    // As `wp user meta list --format=json` gives it: lists are lists.
    let listed = r#"[{"user_id":7,"meta_key":"_two_factor_enabled_providers","meta_value":["Two_Factor_Totp"]},
        {"user_id":7,"meta_key":"_two_factor_totp_key","meta_value":"LZYSMRDPNZEEU6CJOVHGCKBQEB4CG3B4"},
        {"user_id":8,"meta_key":"nickname","meta_value":"x"}]"#;
    let all = all(Format::Wordpress, listed, Keys::default()).0;
    assert_eq!(apps(&all["7"]), plain("LZYSMRDPNZEEU6CJOVHGCKBQEB4CG3B4"));
    assert_eq!(all.len(), 1);
}

#[test]
fn the_former_module_is_read_as_it_read_itself() {
    for text in [CMSMS3, CMSMS3_JSON] {
        let all = all(Format::Cmsms3, text, Keys::default()).0;
        let [anna, bert, cleo, dora, emil, fritz, hans] =
            ["1", "2", "3", "4", "5", "6", "8"].map(|it| &all[it]);
        assert_eq!(apps(anna), plain("R2M2BTMVOKS7OHRU"));
        assert_eq!(anna.factors.codes.len(), 10);
        assert_eq!(&**anna.factors.codes[0], b"cc8e60e8");
        assert_eq!(bert.factors.phone.as_deref(), Some("+4915112345678"));
        assert_eq!(bert.factors.primary, Some(Method::Sms));
        assert_eq!(cleo.factors.email.as_deref(), Some("cleo@example.org"));
        assert_eq!(apps(dora), plain("WSZWGJ57LTTIXCIS"));
        // Switched off, a passkey, and a number that was never confirmed.
        assert_eq!(
            (emil.factors.methods(), left(emil)),
            (vec![], vec!["other"])
        );
        assert_eq!(
            (fritz.factors.methods(), left(fritz)),
            (vec![], vec!["passkey"])
        );
        assert!(!all.contains_key("7"));
        assert_eq!(hans.factors.phone.as_deref(), Some("+4915112345670"));
        assert_eq!(apps(hans), plain("4IOSNKI2KAORFW6T"));
        assert_eq!(hans.factors.primary, Some(Method::Sms));
        // What anybody was called and the code that was on its way are nobody's factors.
        assert!(
            all.values()
                .all(|it| it.factors.email.is_none() || it.factors.apps.is_empty())
        );
    }
}

#[test]
fn a_container_is_opened_with_its_key_or_its_password() {
    let opened = [
        (PLAIN, None),
        (AES128, Some(PSKC_KEY)),
        (PBKDF2, Some(PSKC_PASSWORD)),
    ];
    for (text, pskc) in opened {
        let keys = Keys {
            pskc,
            ..Keys::default()
        };
        let all = all(Format::Pskc, text, keys).0;
        assert_eq!(
            apps(&all["anna"]),
            plain("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        );
        let bert = apps(&all["bert"]);
        assert_eq!(
            (bert[0].1, bert[0].2, bert[0].3),
            (Algorithm::Sha256, 8, 60)
        );
        assert_eq!(
            (apps(&all["cleo"]), left(&all["cleo"])),
            (vec![], vec!["totp"])
        );
        assert!(all["cleo"].left[0].why.contains("HOTP"));
        assert!(all["dora"].factors.apps[0].totp.secret().is_weak());
    }
}

#[test]
fn a_container_that_does_not_open_gives_nothing() {
    let with = |text: &str, pskc| {
        let keys = Keys {
            pskc,
            ..Keys::default()
        };
        read(Format::Pskc, text.as_bytes(), keys)
    };
    for (text, pskc, why) in [
        (AES128, None, "--pskc-key-file"),
        (AES128, Some(&b"short"[..]), "hexadecimal"),
        (
            AES128,
            Some(&b"22345678901234567890123456789012"[..]),
            "does not open",
        ),
        (PBKDF2, Some(&b"wrong"[..]), "does not open"),
    ] {
        let read = with(text, pskc);
        match read {
            Err(error) => assert!(error.to_string().contains(why), "{error}"),
            // The padding of the MAC's key was right by chance: then no MAC is.
            Ok(all) => assert!(all.0.values().all(|it| it.factors.apps.is_empty())),
        }
    }
    // Altered, without a MAC, or restricted by a policy.
    let altered = AES128.replacen("<pskc:ValueMAC>", "<pskc:ValueMAC>AAAA", 1);
    assert!(
        with(&altered, Some(PSKC_KEY)).unwrap().0["anna"]
            .factors
            .apps
            .is_empty()
    );
    let start = AES128.find("<pskc:MACMethod").unwrap();
    let end = AES128.find("</pskc:MACMethod>").unwrap() + "</pskc:MACMethod>".len();
    let bare = [&AES128[..start], &AES128[end..]].concat();
    let anna = &with(&bare, Some(PSKC_KEY)).unwrap().0["anna"];
    assert!(anna.factors.apps.is_empty() && anna.left[0].why.contains("MAC"));
    let policy = "<pskc:UserId>anna</pskc:UserId><pskc:Policy><pskc:ExpiryDate>2020-01-01T00:00:00Z</pskc:ExpiryDate></pskc:Policy>";
    let bound = PLAIN.replace("<pskc:UserId>anna</pskc:UserId>", policy);
    let anna = &with(&bound, None).unwrap().0["anna"];
    assert!(anna.factors.apps.is_empty() && anna.left[0].why.contains("policy"));
    // An entity is not even read.
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>{}",
        PLAIN.split_once('\n').unwrap().1
    );
    assert!(with(&bomb, None).is_err());
    assert!(with("<KeyContainer Version=\"1.0\"/>", None).is_err());
}

const URI: &str = "otpauth://totp/Ex:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ex";

#[test]
fn our_own_table_takes_uris_secrets_numbers_addresses_and_codes() {
    let csv = format!(
        "\u{feff}user,uri,secret,algorithm,digits,period,label,phone,email,codes,primary\r\n\
         anna,{URI},,,,,Work,,,,\r\n\
         anna,,GEZDGNBVGY3TQOJQ,sha-256,8,60,,+49 151 12345678,anna@example.org,\"AB12-cd34, 0000 1111\",sms\r\n\r\n"
    );
    let all = all(Format::Csv, &csv, Keys::default()).0;
    let anna = &all["anna"];
    assert_eq!(apps(anna).len(), 2);
    assert_eq!(
        anna.factors.apps[0].label.as_ref().unwrap().as_str(),
        "Work"
    );
    assert_eq!(
        apps(anna)[1],
        ("GEZDGNBVGY3TQOJQ".to_owned(), Algorithm::Sha256, 8, 60)
    );
    assert_eq!(anna.factors.phone.as_deref(), Some("+4915112345678"));
    assert_eq!(anna.factors.primary, Some(Method::Sms));
    // Spaces part codes, so the second is two that are too short.
    assert_eq!((anna.factors.codes.len(), left(anna)), (1, vec!["backup"]));
    let json =
        format!(r#"["{URI}", {{"user":"7","uri":"{URI}","codes":["ab12cd34","ab12cd35"]}}]"#);
    let all = self::all(Format::Json, &json, Keys::default()).0;
    assert_eq!(
        apps(&all["anna"]),
        plain("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    );
    assert_eq!((all["7"].factors.codes.len(), left(&all["7"])), (2, vec![]));
}

#[test]
fn what_cannot_be_verified_is_said_with_its_reason() {
    for (uri, why) in [
        ("otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQ&counter=1", "HOTP"),
        ("otpauth://steam/a?secret=GEZDGNBVGY3TQOJQ", "Steam"),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&encoder=steam",
            "Steam",
        ),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=5",
            "6 to 8 digits",
        ),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=300",
            "6 to 8 digits",
        ),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&period=10",
            "15 to 300",
        ),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&algorithm=md5",
            "SHA-1",
        ),
        ("otpauth://totp/a?secret=GEZDGNBV", "10 to 64 bytes"),
        ("otpauth://totp/a?secret=GEZDGNBVGY3TQ0J1", "base 32"),
        (
            "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ",
            "twice",
        ),
        ("otpauth://totp/a?issuer=b", "no secret"),
        ("otpauth-migration://offline?data=AAAA", "export each app"),
        (
            "https://example.org/?secret=GEZDGNBVGY3TQOJQ",
            "not an otpauth",
        ),
        ("GEZDGNBVGY3TQOJQ", "not an otpauth"),
    ] {
        let json = serde_json::json!([{ "user": "a", "uri": uri }]).to_string();
        let all = all(Format::Json, &json, Keys::default()).0;
        let candidate = &all["a"];
        assert!(candidate.factors.methods().is_empty(), "{uri}");
        assert!(
            candidate.left[0].why.contains(why),
            "{uri}: {}",
            candidate.left[0].why
        );
        assert!(!candidate.left[0].why.contains("GEZD"), "{uri}");
    }
    let csv = "user,phone,email\na,12,not an address\n";
    let all = all(Format::Csv, csv, Keys::default()).0;
    assert_eq!(left(&all["a"]), ["sms", "email"]);
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_refused_with_the_place_and_without_what_stands_there() {
    let secret = "GEZDGNBVGY3TQOJQ";
    for (format, text, place) in [
        (Format::Csv, "", "empty"),
        (Format::Csv, "user,secret\na,GEZDGNBVGY3TQOJQ,b\n", "line 2"),
        (Format::Csv, "user,secret\na,\"GEZDGNBVGY3TQOJQ\n", "line 2"),
        (
            Format::Csv,
            "user,secret\na,\"GEZDGNBVGY3TQOJQ\"x\n",
            "line 2",
        ),
        (Format::Csv, "user,secret\na,GEZD\"GNBVGY3TQOJQ\n", "line 2"),
        (Format::Csv, "user,user\na,GEZDGNBVGY3TQOJQ\n", "line 1"),
        (Format::Csv, "user,hash\na,GEZDGNBVGY3TQOJQ\n", "line 2"),
        (Format::Csv, "user,secret\n,GEZDGNBVGY3TQOJQ\n", "line 2"),
        (
            Format::Csv,
            "user,primary,secret\na,passkey,GEZDGNBVGY3TQOJQ\n",
            "line 2",
        ),
        (Format::Json, "[\"GEZDGNBVGY3TQOJQ\"", "line 1"),
        (Format::Json, "{\"GEZDGNBVGY3TQOJQ\":1}", "list"),
        (Format::Json, "[1]", "item 1"),
        (
            Format::Wordpress,
            "user_id,meta_key\n1,GEZDGNBVGY3TQOJQ\n",
            "line 2",
        ),
        (
            Format::Cmsms3,
            "user_id,meta_key,meta_value\n1,sms_phone,GEZDGNBVGY3TQOJQ\n1,sms_phone,b\n",
            "line 3",
        ),
        (
            Format::Nextcloud,
            "user_id,state\na,GEZDGNBVGY3TQOJQ\n",
            "line 2",
        ),
        (Format::Pskc, "<GEZDGNBVGY3TQOJQ", "line 1"),
        (Format::Pskc, "<GEZDGNBVGY3TQOJQ/>", "KeyContainer"),
    ] {
        let said = refused(format, text);
        assert!(said.contains(place), "{text}: {said}");
        assert!(!said.contains(secret), "{said}");
    }
    let bytes = read(Format::Csv, &[0xff, 0xfe], Keys::default());
    assert_eq!(bytes.unwrap_err().to_string(), "it is not UTF-8");
    let deep = format!("[{{\"user\":{}1{}}}]", "[".repeat(20), "]".repeat(20));
    assert!(refused(Format::Json, &deep).contains("too deep"));
}

#[test]
fn php_s_own_form_is_read_as_php_does_and_nothing_is_made_of_a_class() {
    for (text, shown) in [
        ("s:3:\"abc\";", vec!["abc"]),
        ("s:4:\"ü€\";", vec![]),
        ("s:5:\"ü€\";", vec!["ü€"]),
        ("i:-7;", vec!["-7"]),
        ("b:1;", vec!["1"]),
        ("N;", vec![]),
        ("a:2:{i:0;s:1:\"a\";i:1;a:1:{s:1:\"x\";i:1;}}", vec!["a"]),
        ("a:1:{i:0;s:1:\"a\";", vec![]),
        ("a:9999999999:{", vec![]),
        ("O:8:\"stdClass\":0:{}", vec![]),
        ("C:1:\"a\":0:{}", vec![]),
        ("R:1;", vec![]),
        ("s:3:\"abc\";x", vec![]),
        ("s:-3:\"abc\";", vec![]),
        ("s:+3:\"abc\";", vec![]),
    ] {
        let read = php_value::read(text);
        let texts = read.as_ref().map(|it| it.texts()).unwrap_or_default();
        assert_eq!(texts, shown, "{text}");
    }
    let deep = format!("{}N;{}", "a:1:{i:0;".repeat(9), "}".repeat(9));
    assert!(php_value::read(&deep).is_none());
}

/// Appendix D of RFC 4226 and appendix A of RFC 5869 have no SHA-512; these are of RFC 6070 and RFC 4231.
#[test]
fn keys_and_macs_are_those_of_the_rfcs() {
    use super::cipher::{Hash, mac, pbkdf2};
    use data_encoding::HEXLOWER;
    let derived = pbkdf2(Hash::Sha1, b"password", b"salt", 4096, 20);
    assert_eq!(
        HEXLOWER.encode(&derived),
        "4b007901b765489abead49d926f721d065a429c1"
    );
    let longer = pbkdf2(
        Hash::Sha1,
        b"passwordPASSWORDpassword",
        b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
        4096,
        25,
    );
    assert_eq!(
        HEXLOWER.encode(&longer),
        "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"
    );
    let found = mac(
        Hash::Sha512,
        b"Jefe",
        &[b"what do ya want ", b"for nothing?"],
    );
    assert!(
        HEXLOWER
            .encode(&found)
            .starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554")
    );
}

#[test]
fn nothing_of_what_was_read_is_in_a_dump() {
    let all = all(Format::Cmsms3, CMSMS3, Keys::default());
    let shown = format!("{all:?} {:?}", keys());
    for secret in ["R2M2BTMV", "cc8e60e8", "4915112345678", "cleo@", "kQ2xV1hU"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

proptest! {
    #[test]
    fn whatever_a_file_is_it_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "[a-z_,;\"\n\r\\[\\]{}:0-9<>/ ]{0,200}") {
        for format in [Format::Csv, Format::Json, Format::Pskc, Format::Wordpress, Format::Nextcloud, Format::Cmsms3] {
            let _ = read(format, &bytes, keys());
            let _ = read(format, text.as_bytes(), keys());
            let _ = users(text.as_bytes());
        }
        let _ = php_value::read(&text);
    }

    #[test]
    fn a_table_gives_back_what_was_written_into_it(values in proptest::collection::vec("[a-c\",;\n\r ]{0,8}", 1..6)) {
        let quoted = |it: &String| format!("\"{}\"", it.replace('"', "\"\""));
        let header: Vec<String> = (0..values.len()).map(|it| format!("c{it}")).collect();
        let line: Vec<String> = values.iter().map(quoted).collect();
        let text = format!("{}\n{}\n", header.join(","), line.join(","));
        let rows = rows::csv(&text).unwrap();
        // An empty line is none.
        if values.len() > 1 || !values[0].trim().is_empty() {
            for (name, value) in header.iter().zip(&values) {
                let found = match rows[0].value(name) {
                    Some(tree::Tree::Text(text)) => text.to_string(),
                    _ => String::new(),
                };
                prop_assert_eq!(&found, value);
            }
        }
    }
}
