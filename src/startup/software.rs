//! Which software this is, and what it runs on, for a support bundle.

use std::fs;

/// This build: its version, the compiler's, and those of the crates that are asked about.
#[must_use]
pub fn build() -> Vec<(&'static str, String)> {
    let mut versions = vec![
        ("extension", env!("CARGO_PKG_VERSION").to_owned()),
        ("built_with", format!("rustc {}", env!("BUILT_WITH"))),
    ];
    let crates = env!("BUILT_OF").split(", ");
    versions.extend(crates.map(|it| ("crate", it.to_owned())));
    versions
}

/// The system below: as its distributor calls it, its kernel, the machine.
#[must_use]
pub fn system() -> Vec<(&'static str, String)> {
    let mut versions = Vec::new();
    versions.extend(distribution().map(|name| ("system", name)));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
    versions.extend(kernel.map(|it| ("kernel", it.trim().to_owned())));
    versions.push(("machine", std::env::consts::ARCH.to_owned()));
    versions
}

fn distribution() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let of = |line: &str| {
        let name = line.strip_prefix("PRETTY_NAME=")?;
        Some(name.trim_matches('"').to_owned())
    };
    release.lines().find_map(of)
}
