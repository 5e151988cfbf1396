//! An authority of our own, and certificates that are right and wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Signs certificates. Its own is in a file that goes with it.
pub struct Authority {
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    // Making keys takes time: once is enough.
    server: OnceLock<Arc<ServerConfig>>,
    other_name: OnceLock<Arc<ServerConfig>>,
    expired: OnceLock<Arc<ServerConfig>>,
    other_authority: OnceLock<Arc<ServerConfig>>,
}

/// The names of this machine, and the one it has behind a proxy.
const HERE: &[&str] = &["localhost", "127.0.0.1", "::1", crate::forward::HOST];

impl Authority {
    /// Makes one.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (certificate, issuer) = Self::make(&format!("twofactor fakes {number}"));
        let name = format!("twofactor-fakes-{}-{number}.pem", process::id());
        let file = std::env::temp_dir().join(name);
        fs::write(&file, certificate.pem()).expect("the authority's file");
        Self {
            file,
            issuer,
            server: OnceLock::new(),
            other_name: OnceLock::new(),
            expired: OnceLock::new(),
            other_authority: OnceLock::new(),
        }
    }

    fn make(name: &str) -> (Certificate, Issuer<'static, KeyPair>) {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("an authority");
        (certificate, Issuer::new(params, key))
    }

    /// Its certificate, as PEM.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A server of this machine, as it should be.
    #[must_use]
    pub fn server(&self) -> Arc<ServerConfig> {
        let make = || Self::config(&self.issuer, HERE, 2090);
        self.server.get_or_init(make).clone()
    }

    /// One with another name.
    #[must_use]
    pub fn other_name(&self) -> Arc<ServerConfig> {
        let make = || Self::config(&self.issuer, &["elsewhere.example"], 2090);
        self.other_name.get_or_init(make).clone()
    }

    /// One whose time is over.
    #[must_use]
    pub fn expired(&self) -> Arc<ServerConfig> {
        let make = || Self::config(&self.issuer, HERE, 2001);
        self.expired.get_or_init(make).clone()
    }

    /// One by another authority of the same name.
    #[must_use]
    pub fn other_authority(&self) -> Arc<ServerConfig> {
        let make = || {
            let (_, issuer) = Self::make("twofactor fakes 0");
            Self::config(&issuer, HERE, 2090)
        };
        self.other_authority.get_or_init(make).clone()
    }

    fn config(issuer: &Issuer<'_, KeyPair>, names: &[&str], until: i32) -> Arc<ServerConfig> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, issuer).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a key that fits");
        Arc::new(config)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
