//! Refuses a PHP that is too old before the bindings fail on it without a word of advice, and packs the
//! library's relocations where the C library can unpack them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if unpacks_relocations() {
        println!("cargo::rustc-link-arg=-Wl,-z,pack-relative-relocs");
    }
    println!("cargo::rerun-if-changed=Cargo.lock");
    println!("cargo::rustc-env=BUILT_WITH={}", compiler());
    println!("cargo::rustc-env=BUILT_OF={}", crates());
    #[cfg(feature = "php")]
    if let Err(advice) = php_is_new_enough() {
        println!("cargo::error={advice}");
    }
}

/// glibc reads packed relocations (DT_RELR) since 2.36 and refuses the library before; they take 0.4 MB off
/// it and a little off every start. A library is run where it was built, or on a newer system.
fn unpacks_relocations() -> bool {
    let target = |of: &str| std::env::var(format!("CARGO_CFG_TARGET_{of}")).unwrap_or_default();
    if target("OS") != "linux"
        || target("ENV") != "gnu"
        || std::env::var("HOST") != std::env::var("TARGET")
    {
        return false;
    }
    let version = std::process::Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output();
    let version = version
        .map(|got| String::from_utf8_lossy(&got.stdout).into_owned())
        .unwrap_or_default();
    let mut numbers = version
        .trim()
        .trim_start_matches("glibc ")
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    matches!((numbers.next(), numbers.next()), (Some(major), Some(minor)) if (major, minor) >= (2, 36))
}

/// Crates whose version somebody wants to know who is asked why something does not work.
const CRATES: [&str; 9] = [
    "aes-gcm",
    "ext-php-rs",
    "libsqlite3-sys",
    "mysql",
    "ring",
    "rlibphonenumber",
    "rusqlite",
    "rustls",
    "ureq",
];

/// The version of the compiler, as it says itself.
fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = std::process::Command::new(rustc).arg("--version").output();
    let said = said.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
    let said = said.unwrap_or_default();
    said.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Each of those crates with its version, as the lock file has it.
fn crates() -> String {
    let lock = std::fs::read_to_string("Cargo.lock").unwrap_or_default();
    let value = |line: &str, key: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        Some(rest.trim_end_matches('"').to_owned())
    };
    let (mut name, mut found) = (String::new(), Vec::new());
    for line in lock.lines() {
        if let Some(it) = value(line, "name") {
            name = it;
        } else if let Some(version) = value(line, "version")
            && CRATES.contains(&name.as_str())
        {
            found.push(format!("{name} {version}"));
        }
    }
    found.join(", ")
}

/// 8.2 is the first PHP that keeps `#[\SensitiveParameter]` out of stack traces.
#[cfg(feature = "php")]
fn php_is_new_enough() -> Result<(), String> {
    /// The API number of PHP 8.2.
    const PHP_8_2: u32 = 20_220_829;

    println!("cargo::rerun-if-env-changed=PHP");
    let php = ext_php_rs_build::find_php().map_err(|_| {
        "no PHP was found: install one with its headers (Debian: php8.2-cli php8.2-dev), or name it with PHP=/path/to/php"
    })?;
    let api = ext_php_rs_build::PHPInfo::get(&php)
        .and_then(|info| info.zend_version())
        .map_err(|why| format!("{} does not say which PHP it is: {why}", php.display()))?;
    if api < PHP_8_2 {
        return Err(format!(
            "{} is older than PHP 8.2; name a newer one with PHP=/path/to/php",
            php.display()
        ));
    }
    Ok(())
}
