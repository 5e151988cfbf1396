//! Addresses of stores: what is read, what is refused, and that no password is shown.

use super::*;

fn parsed(text: &str) -> MysqlUrl {
    match StoreUrl::parse(text) {
        Ok(StoreUrl::Mysql(url)) => url,
        other => panic!("{other:?}"),
    }
}

fn error(text: &str) -> StoreUrlError {
    StoreUrl::parse(text).unwrap_err()
}

#[test]
fn a_sqlite_store_is_an_absolute_path() {
    assert_eq!(
        StoreUrl::parse("sqlite:/a b/c.db"),
        Ok(StoreUrl::Sqlite("/a b/c.db".into()))
    );
    assert_eq!(StoreUrl::parse("memory:"), Ok(StoreUrl::Memory));
    assert_eq!(error("sqlite:store.db"), StoreUrlError::RelativePath);
    assert_eq!(error("sqlite::memory:"), StoreUrlError::RelativePath);
    for bad in [
        "sqlite:/",
        "sqlite:/a/",
        "sqlite:/a?mode=ro",
        "sqlite:/a\0b",
    ] {
        assert_eq!(error(bad), StoreUrlError::Path);
    }
    for bad in ["", "memory", "postgres://a@b/c", "/var/lib/x", "mysql:a"] {
        assert_eq!(error(bad), StoreUrlError::Scheme);
    }
}

#[test]
fn a_mysql_store_has_every_part() {
    let url = parsed("mariadb://u%40x:p%3a%2F@b@db.example:3307/c%20ms?prefix=cms_&ca=/ca.pem");
    assert_eq!(url.user(), "u@x");
    assert_eq!(url.password().unwrap().unwrap().as_str(), "p:/@b");
    assert!(matches!(
        url.address(),
        Address::Tcp(hosts) if hosts[..] == [host("db.example:3307").unwrap()]
    ));
    assert_eq!(url.database(), "c ms");
    assert_eq!(url.prefix(), "cms_");
    assert_eq!(
        url.tls(),
        &Tls::Required {
            ca: Some("/ca.pem".into())
        }
    );
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear_by_default() {
    for here in ["localhost", "127.0.0.1:1", "[::1]", "x/d?socket=/s&x="] {
        let text = format!("mysql://u@{here}/d");
        let text = text.strip_suffix("&x=/d").unwrap_or(&text);
        assert_eq!(parsed(text).tls(), &Tls::Off, "{text}");
    }
    for there in [
        "db",
        "10.0.0.1",
        "[fe80::1]:2",
        "localhost.example",
        "127.0.0.2",
    ] {
        let text = format!("mysql://u@{there}/d");
        assert_eq!(parsed(&text).tls(), &Tls::Required { ca: None }, "{text}");
    }
    assert_eq!(parsed("mysql://u@db/d?tls=off").tls(), &Tls::Off);
    assert_eq!(
        parsed("mysql://u@localhost/d?tls=required").tls(),
        &Tls::Required { ca: None }
    );
}

#[test]
fn what_cannot_be_understood_is_refused() {
    use StoreUrlError as E;
    for (text, expected) in [
        ("mysql://u@h", E::Database),
        ("mysql://u@h/", E::Database),
        ("mysql://h/d", E::User),
        ("mysql://:p@h/d", E::User),
        ("mysql://u@/d", E::Host),
        ("mysql://u@h:0/d", E::Host),
        ("mysql://u@h:70000/d", E::Host),
        ("mysql://u@h:+1/d", E::Host),
        ("mysql://u@[h]/d", E::Host),
        ("mysql://u@h h/d", E::Host),
        ("mysql://u:%zz@h/d", E::Encoding("password")),
        ("mysql://u:%ff@h/d", E::Encoding("password")),
        ("mysql://u:%00@h/d", E::Encoding("password")),
        ("mysql://u%4@h/d", E::Encoding("user")),
        ("mysql://u@h/d?colour=red", E::UnknownOption),
        ("mysql://u@h/d?prefix=a&prefix=b", E::Repeated("prefix")),
        (
            "mysql://u@h/d?tls=maybe",
            E::Option("tls", "\"required\" or \"off\""),
        ),
        (
            "mysql://u@h/d?ca=ca.pem",
            E::Option("ca", "an absolute path"),
        ),
        (
            "mysql://u@h/d?socket=s",
            E::Option("socket", "an absolute path"),
        ),
        (
            "mysql://u:p@h/d?password_file=/p",
            E::Conflict("a password", "password_file"),
        ),
        (
            "mysql://u@h/d?socket=/s&tls=required",
            E::Conflict("socket", "tls=required"),
        ),
        ("mysql://u@h/d?tls=off&ca=/ca", E::Conflict("tls=off", "ca")),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    for prefix in ["a-b", "a`b", "é", &"x".repeat(33)] {
        let text = format!("mysql://u@h/d?prefix={prefix}");
        assert!(matches!(error(&text), E::Option("prefix", _)), "{text}");
    }
}

#[test]
fn a_mysql_store_may_have_several_hosts() {
    let url = parsed("mysql://u:a,b%2Cc@A.example:3307,[2001:DB8:0::2],10.0.0.3/d?prefix=p");
    assert_eq!(url.password().unwrap().unwrap().as_str(), "a,b,c");
    let Address::Tcp(hosts) = url.address() else {
        panic!("{url}");
    };
    let shown: Vec<_> = hosts.iter().map(Host::to_string).collect();
    assert_eq!(
        shown,
        ["A.example:3307", "[2001:db8::2]:3306", "10.0.0.3:3306"]
    );
    assert_eq!(
        url.to_string(),
        "mysql://u@A.example:3307,[2001:db8::2]:3306,10.0.0.3:3306/d?prefix=p&tls=required"
    );
    // In the clear only if all of them are this machine.
    for (hosts, tls) in [
        ("localhost:1,127.0.0.1:2,[::1]:3", Tls::Off),
        ("localhost,db", Tls::Required { ca: None }),
        ("db,localhost", Tls::Required { ca: None }),
    ] {
        assert_eq!(
            parsed(&format!("mysql://u@{hosts}/d")).tls(),
            &tls,
            "{hosts}"
        );
    }
    let seven = (1..=7).map(|n| format!("h{n}")).collect::<Vec<_>>();
    parsed(&format!("mysql://u@{}/d", seven.join(",")));
    use StoreUrlError as E;
    for (hosts, expected) in [
        ("a,", E::Host),
        (",a", E::Host),
        ("a,,b", E::Host),
        ("a, b", E::Host),
        ("a:1,b:x", E::Host),
        ("a%2Cb", E::Host),
        ("[::1],[::1", E::Host),
        ("a,b,a", E::HostTwice),
        ("a,A:3306", E::HostTwice),
        ("[::1],[0:0::1]:3306", E::HostTwice),
        (&*format!("{},h8", seven.join(",")), E::TooManyHosts),
    ] {
        assert_eq!(
            error(&format!("mysql://u:hunter2@{hosts}/d")),
            expected,
            "{hosts}"
        );
    }
    parsed("mysql://u@a:1,a:2/d");
    for socket in ["a,b", "localhost,"] {
        let text = format!("mysql://u@{socket}/d?socket=/s");
        assert_eq!(error(&text), E::Conflict("several hosts", "socket"));
    }
}

#[test]
fn the_password_is_never_shown() {
    let url = StoreUrl::parse("mysql://u:hunter2@h/d?prefix=p").unwrap();
    for shown in [format!("{url}"), format!("{url:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert_eq!(url.to_string(), "mysql://u@h:3306/d?prefix=p&tls=required");
    for bad in [
        "mysql://u:hunter2@h",
        "mysql:/u:hunter2@h/d",
        "mysql://u:hunter2@h:x/d",
        "mysql://u:hunter2@h/d?hunter2=1",
        "mysql://u:hunter2%@h/d",
        "mysql://u:hunter2/@h/d",
        "mysql://u:hunter2?@h/d",
    ] {
        let error = error(bad);
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{bad}: {error}"
        );
    }
}

#[test]
fn every_file_that_is_named_is_known() {
    for (text, files) in [
        ("memory:", &[][..]),
        ("sqlite:/a/db", &["/a/db"]),
        ("mysql://u:p@h/d", &[]),
        (
            "mysql://u@h/d?password_file=/a/p&ca=/b/c.pem",
            &["/a/p", "/b/c.pem"],
        ),
        (
            "mysql://u@localhost/d?password_file=/a/p&socket=/b/%73",
            &["/a/p", "/b/s"],
        ),
    ] {
        let url = StoreUrl::parse(text).unwrap();
        assert_eq!(url.files(), files.iter().map(Path::new).collect::<Vec<_>>());
    }
}

#[test]
fn a_password_may_be_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("password");
    let url = parsed(&format!("mysql://u@h/d?password_file={}", path.display()));
    assert!(
        url.password()
            .unwrap_err()
            .to_string()
            .contains("cannot be read")
    );
    std::fs::write(&path, "p w \n").unwrap();
    for mode in [0o604, 0o602, 0o644, 0o666] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&path, mode).unwrap();
        assert!(
            url.password()
                .unwrap_err()
                .to_string()
                .contains("chmod o-rwx")
        );
    }
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(&path, private).unwrap();
    assert_eq!(url.password().unwrap().unwrap().as_str(), "p w ");
}
