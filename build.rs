//! Refuses a PHP that is too old before the bindings fail on it without a word of advice.

fn main() {
    #[cfg(feature = "php")]
    if let Err(advice) = php_is_new_enough() {
        println!("cargo::error={advice}");
    }
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
