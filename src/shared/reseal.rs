//! With which key a row is sealed, and sealing it anew with the first one, whatever it says. Built for the command line
//! alone.

use super::error::SharedError;
use super::key::RowKind;
use super::rows::SharedRows;
use crate::clock::UnixTime;
use crate::crypto::{Context, Domain, KeyRing, OpenError, OsEntropy, key_of};
use crate::store::{Held, RawRow, RawRowChange, Swap, Version};

/// Lost swaps after which a row is left to whoever is faster: it is looked at again later.
const MOST_TRIES: u32 = 20;

/// What became of something that was to be sealed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reseal {
    /// It is sealed with the first key now.
    Done,
    /// It was, or nothing of it is sealed, or it is gone.
    NotNeeded,
    /// It does not open with the keys there are, or says what this version does not know: it stays as it is.
    Left,
    /// Others were faster, again and again.
    Busy,
}

/// The seal of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealOf<'a> {
    /// Nothing in it is sealed.
    None,
    /// It says that it was sealed with the key of that id.
    Key {
        /// The id.
        key: &'a str,
        /// What opening it comes to.
        opens: Result<(), OpenError>,
    },
    /// A kind of row that this version does not know, or no seal where there has to be one.
    Unknown,
}

fn context<'a>(domain: Domain, site: &'a str, version: Version) -> Context<'a> {
    Context {
        domain,
        site,
        user: "",
        version: version.0,
    }
}

/// With which key the row of that name of any site is sealed.
#[must_use]
pub fn seal_of<'a>(
    ring: &KeyRing,
    site: &str,
    name: &str,
    version: Version,
    body: &'a [u8],
) -> SealOf<'a> {
    // It has ended.
    if body.is_empty() {
        return SealOf::None;
    }
    let Some(kind) = RowKind::of(name) else {
        return SealOf::Unknown;
    };
    let Some((domain, at)) = kind.sealed() else {
        return SealOf::None;
    };
    let sealed = body.get(at..).unwrap_or_default();
    match key_of(sealed) {
        Some(key) => SealOf::Key {
            key,
            opens: context(domain, site, version).open(ring, sealed).map(drop),
        },
        None => SealOf::Unknown,
    }
}

impl SharedRows {
    /// Seals the row of that name with the first key, unless it is.
    ///
    /// # Errors
    /// [`SharedError`]; of the store: then the outcome is unknown.
    pub fn reseal(&self, now: UnixTime, name: &str) -> Result<Reseal, SharedError> {
        let Some((domain, at)) = RowKind::of(name).and_then(RowKind::sealed) else {
            return Ok(Reseal::NotNeeded);
        };
        let names = [name.to_owned()];
        let mut store = self.store.borrow()?;
        for _ in 0..MOST_TRIES {
            let mut held = Held::new(&mut **store);
            let raw = held.hold_shared_rows(&self.site, &names)?.pop().flatten();
            let Some(raw) = raw.filter(|raw| !raw.body.is_empty()) else {
                return Ok(Reseal::NotNeeded);
            };
            let change = match self.resealed(domain, at, name, raw)? {
                Ok(change) => change,
                Err(why) => return Ok(why),
            };
            match held.swap_shared_rows(&self.site, now, &[change])? {
                Swap::Done => return Ok(Reseal::Done),
                Swap::Conflict => {}
            }
        }
        Ok(Reseal::Busy)
    }

    /// The row as it is to be written; inside, why it is not.
    fn resealed(
        &self,
        domain: Domain,
        at: usize,
        name: &str,
        raw: RawRow,
    ) -> Result<Result<RawRowChange, Reseal>, SharedError> {
        let Some((plain, sealed)) = raw.body.split_at_checked(at) else {
            return Ok(Err(Reseal::Left));
        };
        if self.context(raw.version).is_under_first_key(sealed) {
            return Ok(Err(Reseal::NotNeeded));
        }
        let site = self.site.as_str();
        let Ok(opened) = context(domain, site, raw.version).open(&self.ring, sealed) else {
            return Ok(Err(Reseal::Left));
        };
        let anew = context(domain, site, raw.version.next());
        let anew = anew.seal(&self.ring, &opened, &mut OsEntropy)?;
        Ok(Ok(RawRowChange {
            name: name.to_owned(),
            expected: Some(raw.version),
            body: [plain, &anew].concat(),
            keep_until: raw.keep_until,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{StoreHandle, StoreUrl, open};
    use crate::types::Site;

    const A: &str = "a = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const B: &str = "b = AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const OTHER_A: &str = "a = AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn ring(keys: &[&str]) -> KeyRing {
        KeyRing::parse(&keys.join("\n")).unwrap()
    }

    fn rows(store: &StoreHandle, keys: &[&str]) -> SharedRows {
        let site = Site::new("site").unwrap();
        SharedRows::new(store.clone(), ring(keys), site)
    }

    const NOW: UnixTime = UnixTime::START;

    fn put(rows: &SharedRows, name: &str, body: Vec<u8>, keep_until: Option<UnixTime>) {
        let change = RawRowChange {
            name: name.to_owned(),
            expected: None,
            body,
            keep_until,
        };
        let mut store = rows.store.borrow().unwrap();
        let swapped = store.swap_shared_rows(&rows.site, NOW, &[change]).unwrap();
        assert_eq!(swapped, Swap::Done);
    }

    /// Every kind of row, sealed for its first version with the first of these keys where it is sealed.
    fn filled(keys: &[&str]) -> (StoreHandle, Vec<String>) {
        let store = StoreHandle::from(open(&StoreUrl::Memory).unwrap());
        let rows = rows(&store, keys);
        let mut names = Vec::new();
        for kind in RowKind::all() {
            let name = match kind {
                RowKind::Sessions | RowKind::NumberProof => format!("{kind}/0a"),
                kind => kind.to_string(),
            };
            let (domain, at) = match kind.sealed() {
                Some(sealed) => sealed,
                None => {
                    put(&rows, &name, b"plain".to_vec(), None);
                    continue;
                }
            };
            let context = context(domain, "site", Version::FIRST);
            let sealed = context.seal(&ring(keys), name.as_bytes(), &mut OsEntropy);
            let mut body = vec![7; at];
            body.extend(sealed.unwrap());
            let keep_until = (kind == RowKind::NumberProof).then(|| NOW.plus(60));
            put(&rows, &name, body, keep_until);
            names.push(name);
        }
        (store, names)
    }

    #[test]
    fn every_kind_of_row_moves_to_the_first_key_as_it_is_and_once() {
        let (store, names) = filled(&[A]);
        assert_eq!(names.len(), 10);
        let both = rows(&store, &[B, A]);
        for name in &names {
            let before = both.stored(name).unwrap();
            assert_eq!(both.reseal(NOW, name).unwrap(), Reseal::Done, "{name}");
            assert_eq!(both.reseal(NOW, name).unwrap(), Reseal::NotNeeded);
            let after = both.stored(name).unwrap();
            assert_eq!(after.version, before.version.next());
            assert_eq!(after.keep_until, before.keep_until);
            let (domain, at) = RowKind::of(name).unwrap().sealed().unwrap();
            assert_eq!(after.body[..at], before.body[..at]);
            let context = context(domain, "site", after.version);
            let plain = context.open(&ring(&[B]), &after.body[at..]).unwrap();
            assert_eq!(plain[..], *name.as_bytes());
            let seal = seal_of(&ring(&[B]), "site", name, after.version, &after.body);
            assert_eq!(
                seal,
                SealOf::Key {
                    key: "b",
                    opens: Ok(())
                }
            );
        }
        for plain in ["budget", "breaker"] {
            assert_eq!(both.reseal(NOW, plain).unwrap(), Reseal::NotNeeded);
            assert_eq!(both.stored(plain).unwrap().body, b"plain");
        }
    }

    #[test]
    fn what_does_not_open_or_is_not_known_stays_as_it_is_and_is_told() {
        let (store, names) = filled(&[A]);
        for (keys, why) in [
            (&[B][..], OpenError::KeyMissing),
            (&[B, OTHER_A], OpenError::Damaged),
        ] {
            let rows = rows(&store, keys);
            for name in &names {
                let raw = rows.stored(name).unwrap();
                let seal = seal_of(&ring(keys), "site", name, raw.version, &raw.body);
                assert_eq!(
                    seal,
                    SealOf::Key {
                        key: "a",
                        opens: Err(why)
                    }
                );
                assert_eq!(rows.reseal(NOW, name).unwrap(), Reseal::Left);
                assert_eq!(rows.stored(name).unwrap(), raw);
            }
        }
        let ring = ring(&[A]);
        let of = |name, body| seal_of(&ring, "site", name, Version::FIRST, body);
        assert_eq!(of("passkey/1", b"new"), SealOf::Unknown);
        assert_eq!(of("sessions/1", b"no"), SealOf::Unknown);
        assert_eq!(of("sessions/1", b""), SealOf::None);
        assert_eq!(of("networks/1", b"x"), SealOf::None);
    }
}
