//! `TwoFactor\Client`: where the request comes from.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use ext_php_rs::ffi::zend_is_auto_global;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, ZendStr};
use ext_php_rs::zend::ExecutorGlobals;
use twofactor_macros::methods;

use super::argument::{Arg, Bytes, Optional, entries};
use super::failure::{Failure, invalid};
use super::object::{Dump, Fields, SEALED, constructed_once, seal};
use super::sapi;
use super::signature::Signature;
use crate::client_ip::{Claims, Peer};
use crate::clock::instant;
use crate::verifier;

/// See the stub.
#[php_class]
#[php(name = "TwoFactor\\Client", flags = SEALED)]
#[derive(Debug)]
pub struct Client(pub(super) verifier::Client, Instant);

impl Client {
    fn made(client: verifier::Client) -> Self {
        Self(client, instant())
    }

    /// How long ago it was made: whoever serves a request makes it first.
    pub(super) fn age(&self) -> Duration {
        self.1.elapsed()
    }
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

/// The token of a device, where one was given.
fn shown<'a>(token: &Arg<Option<Bytes<'a>>>) -> &'a [u8] {
    token.0.map_or(b"", |token| token.0)
}

#[methods]
impl Client {
    pub fn __construct(
        ip: Arg<&str>,
        userAgent: Optional<Bytes<'_>>,
        deviceToken: Arg<Option<Bytes<'_>>>,
        forwarded: Optional<&ZendHashTable>,
    ) -> Result<Self, Failure> {
        constructed_once::<Self>()?;
        let peer = Some(Peer::read(ip.as_bytes()))
            .filter(|peer| *peer != Peer::Unknown)
            .ok_or_else(|| invalid("ip", "must be an IPv4 or IPv6 address, or unix:"))?;
        let none = ZendHashTable::new();
        let forwarded = forwarded.or(&none);
        let claims = claims(forwarded)?;
        let client = verifier::Client::new(peer, userAgent.or(Bytes(b"")).0);
        Ok(Self::made(
            client.claiming(claims).showing(shown(&deviceToken)),
        ))
    }

    /// Never an error: what the web server calls its peer is nothing a page could do better about, and
    /// whoever has no address shares the budgets of all who have none.
    pub fn fromGlobals(deviceToken: Arg<Option<Bytes<'_>>>) -> Self {
        let peer = match server_variable("REMOTE_ADDR") {
            Some(text) => Peer::read(&text),
            None if sapi::is_command_line() => Peer::Address(Ipv4Addr::LOCALHOST.into()),
            None => Peer::Unknown,
        };
        let sent = |name| server_variable(name).unwrap_or_default();
        let client = verifier::Client::new(peer, sent("HTTP_USER_AGENT"));
        let claims = Claims::new(&sent("HTTP_X_FORWARDED_FOR"), &sent("HTTP_FORWARDED"));
        Self::made(client.claiming(claims).showing(shown(&deviceToken)))
    }
}

impl Dump for Client {
    fn dump(&self) -> Fields {
        Fields::new().with("ip", self.0.peer().to_string())
    }
}

/// # Safety
/// See [`super::describe`].
pub(super) unsafe fn describe() {
    // SAFETY: as the caller promises.
    unsafe {
        seal::<Client>();
        Signature::of::<Client>("__construct")
            .default("userAgent", c"''")
            .sensitive("userAgent")
            .sensitive("deviceToken")
            .default("forwarded", c"[]");
        Signature::of::<Client>("fromglobals").sensitive("deviceToken");
    }
}
