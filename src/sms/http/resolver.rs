//! How a name is looked up, within its time.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

/// Looks names up, in time.
#[derive(Debug)]
pub(super) struct TimedResolver;

impl Resolver for TimedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
            Some("http") => 80,
            _ => 443,
        });
        let found = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                let host = host.to_owned();
                in_time(*timeout.after, move || {
                    Ok((host.as_str(), port).to_socket_addrs()?.collect())
                })?
            }
        };
        let mut addrs = self.empty();
        for addr in found.into_iter().take(16) {
            addrs.push(addr);
        }
        if addrs.is_empty() {
            return Err(Error::HostNotFound);
        }
        Ok(addrs)
    }
}

/// The system's look-up has no time-out of its own, so a thread waits for it. The thread takes none
/// of PHP's signals: their handlers belong to PHP's own thread.
pub(super) fn in_time(
    longest: Duration,
    look_up: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> Result<Vec<SocketAddr>, Error> {
    let (answer, answered) = mpsc::sync_channel(1);
    let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
    let thread = thread::Builder::new()
        .name("twofactor name".to_owned())
        .spawn(move || {
            // When nobody waits any more, the time was over.
            let _ = answer.send(look_up());
        });
    if let Ok(mask) = mask {
        // The mask was in force a moment ago: it is a valid one.
        let _ = mask.thread_set_mask();
    }
    thread.map_err(Error::Io)?;
    match answered.recv_timeout(longest) {
        Ok(found) => found.map_err(|_| Error::HostNotFound),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::Timeout(Timeout::Resolve)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::HostNotFound),
    }
}
