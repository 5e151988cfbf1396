//! Portable Symmetric Key Container (RFC 6030): TOTP keys in plain, or encrypted with a pre-shared key or a password.
//!
//! Encrypted are values by AES-128, -192 or -256 in CBC mode (XML Encryption), and never without the MAC that section 6.1.1
//! asks for; the key of a password is PBKDF2's. What a policy restricts (section 5) is not taken over: nothing here would
//! hold it to that. A container has no DTD.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use super::cipher::{self, Hash};
use super::uri::{self, algorithm_of, number};
use super::{Candidates, ImportError};
use crate::account::ImportedApp;
use crate::account::totp::TotpSecret;
use crate::types::Algorithm;

const SPACE: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
/// Most elements of a document.
const MOST_NODES: u32 = 10_000_000;
/// Most rounds of PBKDF2.
const MOST_ROUNDS: u32 = 5_000_000;
/// Bytes of a vector of CBC, which stands before the ciphertext.
const VECTOR: usize = 16;

/// Reads a container. A user is called by `UserId` of the key, or of its device; a key that names nobody by the serial number
/// of its device, or by its own id.
///
/// # Errors
/// [`ImportError`]
pub(super) fn read(text: &str, key: Option<&[u8]>) -> Result<Candidates, ImportError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|why| {
        let at = why.pos();
        ImportError::at(
            format!("line {}, column {}", at.row, at.col),
            "it is not XML without a DTD",
        )
    })?;
    let root = document.root_element();
    if !is(root, "KeyContainer") || root.attribute("Version").is_none_or(|it| it != "1.0") {
        return Err(ImportError::whole(
            "it is not a KeyContainer of PSKC, version 1.0 (RFC 6030)",
        ));
    }
    let opener = Opener::of(root, key).map_err(ImportError::whole)?;
    let mut all = Candidates::default();
    for package in root.children().filter(|it| is(*it, "KeyPackage")) {
        let device = child(package, "DeviceInfo");
        for key in package.children().filter(|it| is(*it, "Key")) {
            let of = |node: Option<Node<'_, '_>>, name| node.and_then(|it| child_text(it, name));
            let user = of(Some(key), "UserId")
                .or_else(|| of(device, "UserId"))
                .or_else(|| of(device, "SerialNo"))
                .or_else(|| key.attribute("Id").map(str::to_owned));
            let Some(user) = user else {
                let why = "a key has neither a user nor a serial number nor an id";
                return Err(ImportError::whole(why));
            };
            let candidate = all.of(&user)?;
            match app(key, &opener) {
                Ok(app) => candidate.factors.apps.push(app),
                Err(why) => candidate.leave("totp", why),
            }
        }
    }
    Ok(all)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element()
        && node.tag_name().name() == name
        && node.tag_name().namespace() == Some(SPACE)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|it| is(*it, name))
}

/// An element of XML Encryption or PKCS #5, which producers put into various namespaces: by its name alone.
fn below<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    let mut all = node.descendants().skip(1);
    all.find(|it| it.is_element() && it.tag_name().name() == name)
}

fn child_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn base64(node: Node<'_, '_>) -> Option<Zeroizing<Vec<u8>>> {
    let text = node.text()?.bytes().filter(|it| !it.is_ascii_whitespace());
    let text = Zeroizing::new(text.collect::<Vec<u8>>());
    BASE64.decode(&text).ok().map(Zeroizing::new)
}

/// The app of a key.
fn app(key: Node<'_, '_>, opener: &Opener) -> Result<ImportedApp, String> {
    let algorithm = key.attribute("Algorithm").unwrap_or_default();
    let kind = algorithm.rsplit([':', '#']).next().unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "totp" => {}
        "hotp" => {
            return Err("it counts (HOTP, RFC 4226): only codes of the time are verified here (TOTP, RFC 6238)".to_owned());
        }
        _ => return Err("this kind of key is not verified here: only TOTP is".to_owned()),
    }
    if let Some(policy) = child(key, "Policy") {
        let is_free =
            |it: Node<'_, '_>| is(it, "KeyUsage") && it.text().map(str::trim) == Some("OTP");
        let mut parts = policy.children().filter(Node::is_element);
        if !parts.all(is_free) {
            return Err(
                "its policy restricts it, and nothing here would hold it to that".to_owned(),
            );
        }
    }
    let parameters = child(key, "AlgorithmParameters");
    let suite = parameters.and_then(|it| child_text(it, "Suite"));
    let algorithm = suite.map_or(Ok(Algorithm::Sha1), |it| algorithm_of(&it))?;
    let format = parameters.and_then(|it| child(it, "ResponseFormat"));
    let format = format.ok_or("it does not say how long its codes are")?;
    if format.attribute("Encoding") != Some("DECIMAL")
        || format
            .attribute("CheckDigits")
            .is_some_and(|it| it != "false")
    {
        return Err(
            "codes are verified that have digits alone, none of them a check digit".to_owned(),
        );
    }
    let digits = format
        .attribute("Length")
        .and_then(number)
        .ok_or(uri::DIGITS)?;
    let data = child(key, "Data").ok_or("it has no data")?;
    let period = match child(data, "TimeInterval") {
        Some(value) => {
            let plain = child_text(value, "PlainValue").ok_or("its period is encrypted")?;
            number(&plain).ok_or(uri::PERIOD)?
        }
        None => 30,
    };
    let secret = opener.secret(child(data, "Secret").ok_or("it has no secret")?)?;
    let secret = TotpSecret::imported(&secret).map_err(uri::said)?;
    let totp = uri::totp(secret, algorithm, digits, period)?;
    Ok(ImportedApp { totp, label: None })
}

/// What opens the values of a container.
enum Opener {
    /// They are in plain.
    Plain,
    /// They are encrypted.
    Keys {
        key: Zeroizing<Vec<u8>>,
        mac: Option<(Hash, Zeroizing<Vec<u8>>)>,
    },
}

impl Opener {
    fn of(root: Node<'_, '_>, given: Option<&[u8]>) -> Result<Self, String> {
        let Some(encryption) = child(root, "EncryptionKey") else {
            return Ok(Self::Plain);
        };
        let given = given.map(|it| it.strip_suffix(b"\n").unwrap_or(it));
        let given = given.map(|it| it.strip_suffix(b"\r").unwrap_or(it));
        let given = given.filter(|it| !it.is_empty());
        let given = given
            .ok_or("it is encrypted: name a file with its key or password, with --pskc-key-file")?;
        let key = if below(encryption, "DerivedKey").is_some() {
            derived(encryption, given)?
        } else if below(encryption, "X509Data").is_some() {
            return Err(
                "it is encrypted for a certificate: only a pre-shared key or a password is read"
                    .to_owned(),
            );
        } else {
            let hex = HEXLOWER_PERMISSIVE
                .decode(given.trim_ascii())
                .map(Zeroizing::new);
            let hex = hex.ok().filter(|it| matches!(it.len(), 16 | 24 | 32));
            hex.ok_or("a pre-shared key is 32, 48 or 64 hexadecimal digits")?
        };
        let mac = match child(root, "MACMethod") {
            None => None,
            Some(method) => {
                let hash = hash_of(method.attribute("Algorithm").unwrap_or_default())
                    .ok_or("its MAC is none that is read here")?;
                // Without a key of its own it is the one of the values (section 6.1.1).
                let own = match child(method, "MACKey") {
                    Some(own) => {
                        open(&key, own).ok_or("it does not open with this key or password")?
                    }
                    None => key.clone(),
                };
                Some((hash, own))
            }
        };
        Ok(Self::Keys { key, mac })
    }

    /// The value of a secret.
    fn secret(&self, value: Node<'_, '_>) -> Result<Zeroizing<Vec<u8>>, String> {
        if let Some(plain) = child(value, "PlainValue") {
            return base64(plain).ok_or_else(|| "its secret is not base 64".to_owned());
        }
        let sealed = child(value, "EncryptedValue").ok_or("it has no secret")?;
        let Self::Keys { key, mac } = self else {
            return Err("it is encrypted, and the container does not say how".to_owned());
        };
        let (hash, own) = mac
            .as_ref()
            .ok_or("it is encrypted without a MAC: anybody could have altered it")?;
        let wanted = child(value, "ValueMAC").and_then(base64);
        let wanted =
            wanted.ok_or("it is encrypted without a MAC: anybody could have altered it")?;
        let text = below(sealed, "CipherValue")
            .and_then(base64)
            .ok_or("its secret is not base 64")?;
        let found = cipher::mac(*hash, own, &[&text]);
        let is_right = bool::from(subtle::ConstantTimeEq::ct_eq(&**found, &**wanted));
        if !is_right {
            return Err(
                "its MAC is another: the key or password is not this one, or it was altered"
                    .to_owned(),
            );
        }
        open(key, sealed)
            .ok_or_else(|| "it is encrypted with a cipher that is not read here".to_owned())
    }
}

/// Opens an encrypted value: a vector, and AES in CBC mode.
fn open(key: &[u8], value: Node<'_, '_>) -> Option<Zeroizing<Vec<u8>>> {
    let method = below(value, "EncryptionMethod")?.attribute("Algorithm")?;
    let bits = match method.rsplit('#').next()? {
        "aes128-cbc" => 128,
        "aes192-cbc" => 192,
        "aes256-cbc" => 256,
        _ => return None,
    };
    let sealed = below(value, "CipherValue").and_then(base64)?;
    let (vector, text) = sealed.split_at_checked(VECTOR)?;
    let is_as_long = key.len().checked_mul(8) == Some(bits);
    cipher::cbc(key, vector, text).filter(|_| is_as_long)
}

fn hash_of(algorithm: &str) -> Option<Hash> {
    match algorithm.rsplit('#').next()?.to_ascii_lowercase().as_str() {
        "hmac-sha1" => Some(Hash::Sha1),
        "hmac-sha256" => Some(Hash::Sha256),
        "hmac-sha512" => Some(Hash::Sha512),
        _ => None,
    }
}

/// The key of a password.
fn derived(encryption: Node<'_, '_>, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    let method = below(encryption, "KeyDerivationMethod").and_then(|it| it.attribute("Algorithm"));
    if method.is_none_or(|it| !it.to_ascii_lowercase().ends_with("pbkdf2")) {
        return Err(
            "the key of its password is made in a way that is not read here: only PBKDF2 is"
                .to_owned(),
        );
    }
    let text = |name| {
        below(encryption, name)
            .and_then(|it| it.text())
            .map(str::trim)
    };
    let salt = below(encryption, "Specified")
        .and_then(base64)
        .ok_or("it has no salt")?;
    let rounds = text("IterationCount").and_then(number);
    let rounds = rounds.filter(|it| (1..=MOST_ROUNDS).contains(it));
    let rounds = rounds.ok_or("it has no number of rounds that is read here")?;
    let length = text("KeyLength").map_or(Some(16), |it| {
        number(it).and_then(|it| usize::try_from(it).ok())
    });
    let length = length.filter(|it| matches!(it, 16 | 24 | 32));
    let length = length.ok_or("the key of its password has a length that is none of AES")?;
    let hash = match below(encryption, "PRF") {
        None => Some(Hash::Sha1),
        Some(prf) => hash_of(
            prf.attribute("Algorithm")
                .or_else(|| prf.text())
                .unwrap_or_default()
                .trim(),
        ),
    };
    let hash = hash.ok_or("the key of its password is made with a hash that is not read here")?;
    Ok(cipher::pbkdf2(hash, password, &salt, rounds, length))
}
