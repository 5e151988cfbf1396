//! No two files of the crate need each other, directly or round some corners: a file can be read, and changed, after
//! those that it names and before those that name it.
//!
//! What counts is what a file names by a path (`use`, or a path in an expression or type) that leads into the crate.
//! A name that a `mod.rs` hands on belongs to the file that defines it.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// `account::lockout` as its words; the crate itself is empty.
type Module = Vec<String>;

/// Where a path leads: into that module, and there to that name (none: the module itself).
type Target = (Module, Option<String>);

#[derive(Default)]
struct Named {
    /// Paths as they are written, from `crate`, `super`, `self` or the name of a child.
    paths: Vec<Vec<String>>,
    /// What is handed on: the name it has here, and the path.
    handed_on: Vec<(String, Vec<String>)>,
    /// How many modules in braces we are in, each of which takes one `super` to leave.
    braces: usize,
}

impl Named {
    /// The path as the file itself would write it.
    fn as_the_file_writes(&self, path: Vec<String>) -> Vec<String> {
        let supers = path.iter().take(self.braces);
        let left = supers.take_while(|word| *word == "super").count();
        let mut path = path.split_at(left).1.to_vec();
        if left > 0 && path.first().is_some_and(|word| word != "super") {
            path.insert(0, "self".to_owned());
        }
        path
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}

/// Every path in a tree of `use`, with the name that it has afterwards.
fn flat(tree: &UseTree, before: &[String], found: &mut Vec<(String, Vec<String>)>) {
    let with = |word: String| [before, &[word]].concat();
    match tree {
        UseTree::Path(path) => flat(&path.tree, &with(path.ident.to_string()), found),
        UseTree::Name(name) if name.ident == "self" => {
            found.push((before.last().cloned().unwrap_or_default(), before.to_vec()));
        }
        UseTree::Name(name) => found.push((name.ident.to_string(), with(name.ident.to_string()))),
        UseTree::Rename(name) if name.ident == "self" => {
            found.push((name.rename.to_string(), before.to_vec()));
        }
        UseTree::Rename(name) => {
            found.push((name.rename.to_string(), with(name.ident.to_string())));
        }
        UseTree::Glob(_) => found.push(("*".to_owned(), before.to_vec())),
        UseTree::Group(group) => {
            for tree in &group.items {
                flat(tree, before, found);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(it) => &it.attrs,
            Item::Impl(it) => &it.attrs,
            Item::Mod(it) => &it.attrs,
            Item::Use(it) => &it.attrs,
            Item::Const(it) => &it.attrs,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.braces += 1;
        visit::visit_item_mod(self, module);
        self.braces -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut found = Vec::new();
        flat(&item.tree, &[], &mut found);
        if matches!(item.vis, Visibility::Inherited) {
            for (_, path) in found {
                let path = self.as_the_file_writes(path);
                self.paths.push(path);
            }
        } else if self.braces == 0 {
            self.handed_on.extend(found);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        if words.len() > 1 {
            let path = self.as_the_file_writes(words);
            self.paths.push(path);
        }
        visit::visit_path(self, path);
    }
}

/// The files below `folder` that are no tests, by their module.
fn files(folder: &Path, module: &Module, found: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if stem == "tests" {
            continue;
        }
        let mut inner = module.clone();
        if path.is_dir() {
            inner.push(stem);
            files(&path, &inner, found);
        } else if path.extension().is_some_and(|it| it == "rs") && stem != "lib" {
            if stem != "mod" {
                inner.push(stem);
            }
            found.insert(inner, fs::read_to_string(&path).unwrap());
        }
    }
}

struct Crate {
    files: BTreeMap<Module, Named>,
}

impl Crate {
    fn read(texts: BTreeMap<Module, String>) -> Self {
        let files = texts
            .into_iter()
            .map(|(module, text)| {
                let mut named = Named::default();
                named.visit_file(&syn::parse_file(&text).unwrap());
                (module, named)
            })
            .collect();
        Self { files }
    }

    /// Where `path`, written in `module`, leads; `None` out of the crate, or to a name of the file's own.
    fn target(&self, module: &Module, path: &[String]) -> Option<Target> {
        let mut rest = path;
        let mut at: Module = match rest.first()?.as_str() {
            "crate" => Module::new(),
            "self" | "super" => module.clone(),
            child => {
                let inner = [module.as_slice(), &[child.to_owned()]].concat();
                self.files.contains_key(&inner).then(|| module.clone())?
            }
        };
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => {
                    at.pop();
                }
                _ => break,
            }
            rest = after;
        }
        while let [first, after @ ..] = rest {
            let inner = [at.as_slice(), std::slice::from_ref(first)].concat();
            if !self.files.contains_key(&inner) {
                break;
            }
            at = inner;
            rest = after;
        }
        Some((at, rest.first().cloned()))
    }

    /// The file that defines what a target names: through whoever hands it on.
    fn home(&self, (module, name): Target) -> Module {
        let Some(name) = name else {
            return module;
        };
        let Some(file) = self.files.get(&module) else {
            return module;
        };
        let handed_on = file.handed_on.iter().find(|(known, _)| *known == name);
        match handed_on.and_then(|(_, path)| self.target(&module, path)) {
            Some(next) if next.0 != module => self.home(next),
            _ => module,
        }
    }

    /// The files that each file needs.
    fn needs(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        self.files
            .iter()
            .map(|(module, named)| {
                let needed = named
                    .paths
                    .iter()
                    .filter_map(|path| self.target(module, path))
                    .map(|target| self.home(target))
                    .filter(|it| it != module && self.files.contains_key(it))
                    .collect();
                (module.clone(), needed)
            })
            .collect()
    }

    /// Every need of one file for another that needs the first, directly or round some corners.
    fn circles(&self) -> Vec<String> {
        let needs = self.needs();
        let mut found = Vec::new();
        for (module, needed) in &needs {
            for other in needed.iter().filter(|it| reaches(&needs, it, module)) {
                found.push(format!("{} needs {}", module.join("::"), other.join("::")));
            }
        }
        found
    }
}

fn reaches(needs: &BTreeMap<Module, BTreeSet<Module>>, from: &Module, to: &Module) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            next.extend(needs.get(module).into_iter().flatten());
        }
    }
    false
}

#[test]
fn no_files_need_each_other() {
    let mut texts = BTreeMap::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &Module::new(),
        &mut texts,
    );
    assert!(texts.len() > 50, "the files of the crate");
    let circles = Crate::read(texts).circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let circles = |texts: &[(&str, &str)]| {
        let texts = texts.iter().map(|(module, text)| {
            let module = module.split("::").map(ToOwned::to_owned).collect();
            (module, (*text).to_owned())
        });
        Crate::read(texts.collect()).circles()
    };
    let both = ["a needs b", "b needs a"];
    for (a, b) in [
        ("use crate::b::B;", "use crate::a::A;"),
        ("use super::b;", "use super::{a::{A}, c};"),
        ("fn f() { crate::b::g() }", "fn g(a: crate::a::A) {}"),
        ("use crate::{b as other};", "use crate::a::*;"),
        (
            "#[cfg(test)] mod tests { use crate::c; }\nuse crate::b;",
            "impl crate::a::A for B {}",
        ),
    ] {
        assert_eq!(circles(&[("a", a), ("b", b), ("c", "")]), both, "{a} {b}");
    }
    // A parent that hands on what a child defines needs nothing of it; whoever takes it from there needs the child.
    let texts = [
        (
            "p",
            "mod x; mod y; pub use x::X; pub(crate) use y::Y as Why;",
        ),
        ("p::x", "pub struct X;"),
        ("p::y", "use super::X; pub struct Y;"),
    ];
    assert_eq!(circles(&texts), [] as [&str; 0]);
    let texts = [texts[0], ("p::x", "use super::Why;"), texts[2]];
    assert_eq!(circles(&texts), ["p::x needs p::y", "p::y needs p::x"]);
    // A module in braces may use what is around it.
    assert_eq!(
        circles(&[("a", "struct A; mod inner { use super::A; }")]),
        [] as [&str; 0]
    );
    // Tests, and names of other crates, count for nothing.
    let texts = [
        ("a", "use crate::b; use std::b::x; use rand::a;"),
        (
            "b",
            "#[cfg(test)] mod tests { use crate::a; }\n#[cfg(test)] use crate::a::A;",
        ),
    ];
    assert_eq!(circles(&texts), [] as [&str; 0]);
}
