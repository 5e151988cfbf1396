//! Refuses a PHP that is too old before the bindings fail on it without a word of advice, and packs the
//! library's relocations where the C library can unpack them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if unpacks_relocations() {
        println!("cargo::rustc-link-arg=-Wl,-z,pack-relative-relocs");
    }
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
