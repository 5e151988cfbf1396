//! `TwoFactor\Client`: where the request comes from.

use std::ffi::CStr;
use std::net::IpAddr;

use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::zend_is_auto_global;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, ZendStr};
use ext_php_rs::zend::{ExecutorGlobals, SapiModule, ce};

use super::argument::{Arg, Bytes, Optional, entries};
use super::failure::{Failure, invalid};
use super::object::{Dump, Fields, SEALED, constructed_once, seal};
use super::signature::Signature;
use crate::origin::Claims;
use crate::verifier;

/// More of a user agent than this tells nobody anything.
const MAX_AGENT_CHARS: usize = 256;

/// See the stub. A device token is checked for its form and used by nothing yet: without trusted
/// devices it changes nothing.
#[php_class]
#[php(name = "TwoFactor\\Client", flags = SEALED)]
#[derive(Debug)]
pub struct Client(pub(super) verifier::Client);

/// A header that anybody can send: any bytes, any length; never an error.
fn agent(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_AGENT_CHARS)
        .collect()
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `$_SERVER`, as the script sees it now.
fn server_variable(name: &str) -> Option<Vec<u8>> {
    let mut server = ZendStr::new("_SERVER", false);
    // SAFETY: makes the array exist when nothing has asked for it yet; the name outlives the call.
    unsafe { zend_is_auto_global(server.as_mut_ptr()) };
    let globals = ExecutorGlobals::get();
    let variables = globals.symbol_table.get("_SERVER")?.dereference().array()?;
    let value = variables.get(name)?.dereference().zend_str()?;
    Some(value.as_bytes().to_vec())
}

fn is_command_line() -> bool {
    let name = SapiModule::get().name;
    // SAFETY: null or the name of the SAPI, a C string that lives as long as PHP.
    !name.is_null() && unsafe { CStr::from_ptr(name) } == c"cli"
}

/// The two headers that matter among those given. Names are compared without case (RFC 9110 section
/// 5.1); one that comes twice in two spellings has no order, and is the caller's mistake.
fn claims(headers: &ZendHashTable) -> Result<Claims, Failure> {
    let mut x_forwarded_for = None;
    let mut forwarded = None;
    for (name, value) in entries(headers) {
        let (Some(name), Some(value)) = (name.zend_str(), value.zend_str()) else {
            return Err(invalid("forwarded", "must be header values by name"));
        };
        let slot = if name.as_bytes().eq_ignore_ascii_case(b"x-forwarded-for") {
            &mut x_forwarded_for
        } else if name.as_bytes().eq_ignore_ascii_case(b"forwarded") {
            &mut forwarded
        } else {
            continue;
        };
        if slot.replace(value.as_bytes()).is_some() {
            return Err(invalid("forwarded", "must name a header once"));
        }
    }
    Ok(Claims::new(
        x_forwarded_for.unwrap_or_default(),
        forwarded.unwrap_or_default(),
    ))
}

#[php_impl]
impl Client {
    pub fn __construct(
        ip: Arg<&str>,
        userAgent: Optional<Bytes<'_>>,
        deviceToken: Arg<Option<Bytes<'_>>>,
        forwarded: Optional<&ZendHashTable>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let ip = address(ip.as_bytes())
            .ok_or_else(|| invalid("ip", "must be an IPv4 or IPv6 address"))?;
        let _ = deviceToken;
        let none = ZendHashTable::new();
        let forwarded = forwarded.or(&none);
        let claims = claims(forwarded)?;
        let client = verifier::Client::new(ip, agent(userAgent.or(Bytes(b"")).0));
        Ok(Self(client.claiming(claims)))
    }

    pub fn fromGlobals() -> Result<Self, Failure> {
        let ip = match server_variable("REMOTE_ADDR") {
            Some(text) => address(&text),
            None if is_command_line() => Some(IpAddr::from([127, 0, 0, 1])),
            None => None,
        };
        let ip = ip.ok_or_else(|| {
            PhpException::new(
                "TwoFactor\\Client::fromGlobals(): $_SERVER['REMOTE_ADDR'] is not an IP address"
                    .to_owned(),
                0,
                ce::value_error(),
            )
        })?;
        let sent = |name| server_variable(name).unwrap_or_default();
        let client = verifier::Client::new(ip, agent(&sent("HTTP_USER_AGENT")));
        Ok(Self(client.claiming(Claims::new(
            &sent("HTTP_X_FORWARDED_FOR"),
            &sent("HTTP_FORWARDED"),
        ))))
    }
}

impl Dump for Client {
    fn dump(&self) -> Fields {
        Fields::new().with("ip", self.0.peer().to_string())
    }
}

/// # Safety
/// See [`super::describe`].
pub unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<Client>();
        Signature::of::<Client>("__construct")
            .default("userAgent", c"''")
            .sensitive("deviceToken")
            .default("forwarded", c"[]");
    }
}
