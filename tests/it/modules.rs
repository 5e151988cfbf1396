//! Modules depend on each other downwards only, and what is dangerous stays where it belongs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module, and the modules it names, which stand above it: no more and no less. `docs/design.md` has the same
/// table, the other way up.
const MODULES: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("browser", &["types"]),
    ("clock", &[]),
    ("normalize", &[]),
    ("percent", &[]),
    ("crypto", &["normalize"]),
    ("qr", &[]),
    ("development", &[]),
    ("i18n", &[]),
    ("json", &[]),
    ("openmetrics", &[]),
    ("client_ip", &[]),
    ("proxy", &["types", "percent"]),
    ("mail", &["types", "normalize", "i18n"]),
    ("phone", &["types", "normalize", "i18n"]),
    ("audit", &["crypto", "clock", "types"]),
    ("store", &["clock", "types", "percent"]),
    ("shared", &["store", "crypto", "clock", "types"]),
    (
        "figures",
        &["shared", "store", "audit", "openmetrics", "clock", "types"],
    ),
    (
        "config",
        &[
            "store",
            "phone",
            "clock",
            "types",
            "development",
            "client_ip",
            "proxy",
        ],
    ),
    (
        "sms",
        &[
            "crypto",
            "phone",
            "clock",
            "types",
            "development",
            "i18n",
            "proxy",
            "percent",
            "json",
        ],
    ),
    ("texts", &["mail", "shared", "crypto", "clock", "i18n"]),
    (
        "delivery",
        &[
            "texts",
            "shared",
            "sms",
            "store",
            "config",
            "crypto",
            "phone",
            "clock",
            "types",
            "i18n",
            "openmetrics",
        ],
    ),
    (
        "account",
        &[
            "figures",
            "shared",
            "store",
            "crypto",
            "audit",
            "config",
            "browser",
            "clock",
            "types",
            "normalize",
            "percent",
        ],
    ),
    (
        "notice",
        &[
            "account", "texts", "mail", "phone", "browser", "clock", "types", "i18n",
        ],
    ),
    ("startup", &["crypto", "config", "clock", "types"]),
    (
        "session",
        &["account", "shared", "crypto", "browser", "clock", "types"],
    ),
    (
        "premium",
        &[
            "account", "texts", "shared", "sms", "mail", "audit", "crypto", "browser", "clock",
            "types", "i18n", "json",
        ],
    ),
    (
        "verifier",
        &[
            "premium",
            "startup",
            "session",
            "notice",
            "account",
            "figures",
            "texts",
            "shared",
            "delivery",
            "sms",
            "mail",
            "store",
            "crypto",
            "audit",
            "config",
            "phone",
            "browser",
            "clock",
            "types",
            "client_ip",
            "i18n",
            "openmetrics",
        ],
    ),
    (
        "api",
        &[
            "verifier", "session", "account", "phone", "clock", "types", "qr",
        ],
    ),
    (
        "import",
        &["account", "mail", "phone", "types", "normalize", "percent"],
    ),
    (
        "cli",
        &[
            "verifier", "import", "account", "session", "startup", "sms", "store", "crypto",
            "config", "phone", "clock", "types",
        ],
    ),
    (
        "php",
        &[
            "api",
            "verifier",
            "startup",
            "session",
            "account",
            "sms",
            "store",
            "crypto",
            "config",
            "phone",
            "clock",
            "types",
            "qr",
            "client_ip",
            "i18n",
        ],
    ),
];

/// The product's own: no file and no folder of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().unwrap() == "tests" {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code without comments, and without tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(src()).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Every module named behind `crate::`, also in `use crate::{a, b::{c, d}}`.
fn named(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .flat_map(|(at, _)| first_words(&code[at + 7..]))
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase))
        .collect()
}

/// The first word of a path; of `{…}` the first word of each path in it, whatever braces follow in those.
fn first_words(rest: &str) -> Vec<String> {
    let word_of = |path: &str| -> String {
        let path = path.trim_start();
        path.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(inner) = rest.trim_start().strip_prefix('{') else {
        return vec![word_of(rest)];
    };
    let (mut words, mut depth, mut from) = (Vec::new(), 0_u32, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            ',' if depth == 0 => {
                words.extend(first_words(&inner[from..at]));
                from = at + 1;
            }
            '{' => depth += 1,
            '}' if depth == 0 => {
                words.extend(first_words(&inner[from..at]));
                return words;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    panic!("a brace that does not end");
}

#[test]
fn every_module_is_found_however_it_is_named() {
    for (code, modules) in [
        ("use crate::sms;", vec!["sms"]),
        ("use crate::sms::{self, budget};", vec!["sms"]),
        ("use crate::{a, sms::http};", vec!["a", "sms"]),
        ("use crate::{a::{B}, sms};", vec!["a", "sms"]),
        (
            "use crate::{\n    a::{b::{C, d}, E},\n    sms,\n};\nuse other::{f};",
            vec!["a", "sms"],
        ),
        ("use crate::{{a, b::{c}}, sms as s};", vec!["a", "b", "sms"]),
        ("crate::a::f(crate::sms::g, {b})", vec!["a", "sms"]),
        ("use crate::Error; use crate::{A, b};", vec!["b"]),
        ("pub(in crate::a) use self::{b};", vec!["a"]),
    ] {
        let mut found = named(code);
        found.retain(|name| !name.is_empty());
        assert_eq!(found, modules, "{code}");
    }
}

/// The rows that say what a module of ours may use: all of [`MODULES`], in their words.
#[test]
fn the_design_has_the_same_table() {
    let design = include_str!("../../docs/design.md");
    let quoted = |cell: &str| -> Vec<String> {
        let words = cell.split('`').skip(1).step_by(2);
        words.map(ToOwned::to_owned).collect()
    };
    let mut written = BTreeMap::new();
    let (_, modules) = design.split_once("\n## Modules\n").unwrap();
    for row in modules.split("\n## ").next().unwrap().lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [place, _, uses] = cells[..] else {
            continue;
        };
        for place in quoted(place) {
            let Some(module) = place.strip_prefix("src/") else {
                continue;
            };
            let module = module.trim_end_matches('/').trim_end_matches(".rs");
            let uses = BTreeSet::from_iter(quoted(uses));
            let not_below: Vec<_> = uses
                .iter()
                .filter(|name| written.contains_key(*name))
                .collect();
            assert!(
                not_below.is_empty(),
                "{module} uses {not_below:?}, which are not below it"
            );
            let before = written.insert(module.to_owned(), uses);
            assert_eq!(before, None, "{module} has two rows");
        }
    }
    let held: BTreeMap<_, _> = MODULES
        .iter()
        .map(|(module, uses)| {
            let uses: BTreeSet<_> = uses.iter().map(|name| (*name).to_owned()).collect();
            ((*module).to_owned(), uses)
        })
        .collect();
    assert_eq!(written, held);
}

#[test]
fn modules_depend_downwards_only() {
    let mut used = BTreeSet::new();
    for path in sources(&src()) {
        let module = module_of(&path);
        // A binary calls one function.
        if matches!(module.as_str(), "lib" | "bin") {
            continue;
        }
        let (_, allowed) = MODULES
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{module} is not in the table"));
        for name in named(&code(&path)) {
            assert!(
                name == module || allowed.contains(&name.as_str()),
                "{} uses {name}, which {module} may not",
                path.display()
            );
            used.insert((module.clone(), name));
        }
    }
    for (place, (module, allowed)) in MODULES.iter().enumerate() {
        for name in *allowed {
            assert!(
                MODULES.iter().take(place).any(|(before, _)| before == name),
                "{module} uses {name}, which is not below it"
            );
            assert!(
                used.contains(&((*module).to_owned(), (*name).to_owned())),
                "{module} need not be allowed {name}"
            );
        }
    }
}

#[test]
fn unsafe_code_and_php_stay_in_their_module() {
    for path in sources(&src()) {
        let module = module_of(&path);
        if module == "php" || module == "lib" {
            continue;
        }
        let code = code(&path);
        for word in ["unsafe ", "unsafe{", "ext_php_rs", "zend_"] {
            assert!(!code.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn time_and_randomness_come_from_one_place_each() {
    for path in sources(&src()) {
        let code = code(&path);
        let name = path
            .strip_prefix(src())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let allowed = |word: &str| {
            matches!(
                (word, name.as_str()),
                ("SystemTime", "clock.rs") | ("rand::" | "SysRng", "crypto/random.rs")
            )
        };
        for word in [
            "SystemTime",
            "rand::",
            "SysRng",
            "getrandom",
            "mt_rand",
            "uuid",
        ] {
            assert!(!code.contains(word) || allowed(word), "{name} has {word}");
        }
        // What keeps a state would give every worker of a fork the same numbers.
        for word in [
            "StdRng",
            "SmallRng",
            "ThreadRng",
            "SeedableRng",
            "Xoshiro",
            "ChaCha",
        ] {
            assert!(!code.contains(word), "{name} has {word}");
        }
    }
    // Most of them are not even there.
    let manifest = include_str!("../../Cargo.toml");
    let rand = manifest.lines().find(|line| line.starts_with("rand = "));
    let rand = rand.and_then(|line| line.split_once("default-features = false, "));
    assert_eq!(
        rand.map(|(_, rest)| rest),
        Some("features = [\"sys_rng\"] }")
    );
}

/// Whoever can say that this is a site under development can have its codes written to a file.
#[test]
fn only_the_configuration_says_that_a_site_is_under_development() {
    for path in sources(&src()) {
        let module = module_of(&path);
        if module == "development" || module == "config" {
            continue;
        }
        let code = code(&path);
        assert!(
            !code.contains("DevelopmentAllowed::") && !code.contains("from_setting"),
            "{} makes the witness",
            path.display()
        );
    }
}

/// The files that wire what is premium into the verifier.
const WIRING: &str = "verifier/premium/";

fn place_of(path: &Path) -> String {
    let inside = path.strip_prefix(src()).unwrap();
    inside.to_string_lossy().into_owned()
}

/// Without the feature nothing of it is compiled: whoever named it elsewhere would keep the free product from building
/// without it, or would be a way to it without a licence.
#[test]
fn nothing_but_the_verifiers_wiring_names_what_is_premium() {
    let mut wires = 0;
    for path in sources(&src()) {
        let (place, code) = (place_of(&path), code(&path));
        if place.starts_with("premium/") {
            continue;
        }
        let names = named(&code).iter().any(|name| name == "premium");
        if place.starts_with(WIRING) {
            wires += usize::from(names);
            continue;
        }
        assert!(!names && !code.contains("KeptRow"), "{place} names premium");
        // Both modules stand behind the feature, and are declared once.
        let declared: Vec<_> = code.match_indices("mod premium").collect();
        match &*place {
            "lib.rs" | "verifier/mod.rs" => {
                assert!(code.contains("#[cfg(feature = \"premium\")]\n") && declared.len() == 1);
                let (before, _) = code.split_once("mod premium").unwrap();
                let before = before.trim_end().trim_end_matches("pub").trim_end();
                assert!(before.ends_with("#[cfg(feature = \"premium\")]"), "{place}");
            }
            _ => assert!(declared.is_empty(), "{place} declares premium"),
        }
    }
    assert!(wires > 0);
}

/// The functions of a file that the rest of the crate can call, and whether a call needs a witness: each takes one, or
/// is called on a value, which one of the others has made.
fn entries(items: &[syn::Item], found: &mut Vec<(String, bool)>) {
    let takes = |signature: &syn::Signature| {
        signature.inputs.iter().any(|input| {
            let syn::FnArg::Typed(argument) = input else {
                return true;
            };
            let syn::Type::Reference(to) = &*argument.ty else {
                return false;
            };
            let syn::Type::Path(named) = &*to.elem else {
                return false;
            };
            let name = &named.path.segments.last().unwrap().ident;
            name == "Premium"
        })
    };
    let is_public = |visibility: &syn::Visibility| match visibility {
        syn::Visibility::Public(_) => true,
        syn::Visibility::Restricted(to) => !to.path.is_ident("super") && !to.path.is_ident("self"),
        syn::Visibility::Inherited => false,
    };
    for item in items {
        match item {
            syn::Item::Fn(it) if is_public(&it.vis) => {
                found.push((it.sig.ident.to_string(), takes(&it.sig)));
            }
            syn::Item::Impl(it) if it.trait_.is_none() => {
                for inner in &it.items {
                    if let syn::ImplItem::Fn(it) = inner
                        && is_public(&it.vis)
                    {
                        found.push((it.sig.ident.to_string(), takes(&it.sig)));
                    }
                }
            }
            syn::Item::Mod(it) => {
                if let Some((_, items)) = &it.content {
                    entries(items, found);
                }
            }
            _ => {}
        }
    }
}

/// What opens nothing: it reads what somebody typed, names something, or makes what can only take away. As
/// `file: function`.
const OPENS_NOTHING: &[&str] = &[
    "premium/network/list.rs: parse",
    "premium/devices/mod.rs: over",
];

/// What can do nothing but deny and tell: it counts without a licence, too, or damaging one would open a site.
const ONLY_DENIES: &[&str] = &[
    "premium/enforcement/read.rs: strongest_without_licence",
    "premium/guessing/alarm.rs: begun",
    "premium/guessing/limits.rs: new",
    "premium/network/rules.rs: new",
];

#[test]
fn every_entry_of_premium_takes_the_witness_but_the_one_that_makes_it() {
    let mut read = 0;
    for path in sources(&src()) {
        let place = place_of(&path);
        if !place.starts_with("premium/") || place.starts_with("premium/licence/") {
            continue;
        }
        read += 1;
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut found = Vec::new();
        entries(&file.items, &mut found);
        for (name, takes) in found {
            assert!(
                takes || {
                    let entry = &&*format!("{place}: {name}");
                    OPENS_NOTHING.contains(entry) || ONLY_DENIES.contains(entry)
                },
                "{place}: {name} takes no &Premium"
            );
        }
    }
    assert!(read > 0);
    // That it finds one.
    let sample = "pub fn a(p: &Premium) {} pub fn b() {} fn c() {} pub(super) fn d() {}
        impl X { pub fn e(&self) {} pub(crate) fn f(p: &licence::Premium) {} pub(crate) fn g(p: Premium) {} }";
    let mut found = Vec::new();
    entries(&syn::parse_file(sample).unwrap().items, &mut found);
    let takes: Vec<_> = found
        .iter()
        .map(|(name, takes)| (&**name, *takes))
        .collect();
    assert_eq!(
        takes,
        [
            ("a", true),
            ("b", false),
            ("e", true),
            ("f", true),
            ("g", false)
        ]
    );
}

#[test]
fn only_the_licence_s_judge_makes_the_witness() {
    let mut made = Vec::new();
    for path in sources(&src()) {
        let code = code(&path);
        for (at, _) in code.match_indices("Premium {") {
            let before = code[..at].trim_end().rsplit([' ', '\n']).next().unwrap();
            if !matches!(before, "struct" | "impl") {
                made.push(place_of(&path));
            }
        }
        for word in ["transmute", "for Premium", "Self { licence"] {
            assert!(
                !code.contains(word) || !place_of(&path).starts_with("premium/"),
                "{} has {word}",
                path.display()
            );
        }
    }
    assert_eq!(made, ["premium/licence/mod.rs"]);
    let file = fs::read_to_string(src().join("premium/licence/mod.rs")).unwrap();
    let (_, witness) = file.split_once("pub struct Premium {").unwrap();
    let fields = witness.split('}').next().unwrap();
    assert!(!fields.contains("pub"), "{fields}");
    let (derives, _) = file.split_once("\npub struct Premium {").unwrap();
    let derived = derives.rsplit('\n').next().unwrap();
    assert_eq!(
        derived, "#[derive(Debug)]",
        "no copy outlives the moment it was judged in"
    );
}

#[test]
fn whatever_a_shared_row_seals_is_sealed_anew_by_a_rotation() {
    let known = code(&src().join("shared/key.rs"));
    let mut seen = BTreeSet::new();
    for path in sources(&src()) {
        for after in code(&path).split("context.seal(Domain::").skip(1) {
            let domain = after.split([',', ')']).next().unwrap().to_owned();
            assert!(
                known.contains(&format!("Some((Domain::{domain}, ")),
                "{}: {domain}: RowKind::sealed says nothing of it, so that a key could be given up that it needs",
                place_of(&path)
            );
            seen.insert(domain);
        }
    }
    assert!(seen.len() >= 10, "{seen:?}");
}
