//! How a connection is made, within its time, and what is noted of it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    TcpConnector, Transport,
};
use ureq::{Error, Timeout};

use super::progress::{Progress, instant};
use super::proxy::ToProxy;

/// Opens connections.
pub(super) struct Connect {
    pub(super) tls: Arc<RustlsConnector>,
    pub(super) is_proxied: bool,
    pub(super) connect: Duration,
    pub(super) whole: Duration,
    pub(super) progress: Arc<Progress>,
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connect")
    }
}

impl Connector for Connect {
    type Out = Box<dyn Transport>;

    /// Comes here twice where there is a proxy: for the provider, and from within that for the proxy.
    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let is_to_proxy = self.is_proxied && details.config.proxy().is_none();
        let rest = *details.timeout.after;
        let left = if is_to_proxy {
            // One deadline for proxy and provider: resolving the proxy's name has used some of it.
            let until = self.progress.until.get().copied().unwrap_or_else(instant);
            until.saturating_duration_since(instant()).min(rest)
        } else {
            // What has passed so far went into resolving the name; it is taken off the connection's own limit.
            self.connect
                .saturating_sub(self.whole.saturating_sub(rest))
                .min(rest)
        };
        if left.is_zero() {
            return Err(Error::Timeout(Timeout::Connect));
        }
        let mut addrs = details.resolver.empty();
        for addr in &details.addrs {
            addrs.push(*addr);
        }
        let details = ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: if is_to_proxy {
                (details.current_time)()
            } else {
                details.now
            },
            timeout: NextTimeout {
                after: left.into(),
                reason: Timeout::Connect,
                ..details.timeout
            },
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        let now = instant();
        let until = now.checked_add(left).unwrap_or(now);
        let socket: Box<dyn Transport> = if details.config.proxy().is_some() {
            // Set once: a connection is used once.
            let _ = self.progress.until.set(until);
            self.progress.at_proxy.store(true, Ordering::Relaxed);
            let tunnel = ConnectProxyConnector::default().connect(&details, None::<()>)?;
            let Some(tunnel) = tunnel else {
                return Err(Error::ConnectionFailed);
            };
            self.progress.at_proxy.store(false, Ordering::Relaxed);
            Box::new(tunnel)
        } else {
            let socket = TcpConnector::default().connect(&details, None::<()>)?;
            Box::new(socket.ok_or(Error::ConnectionFailed)?)
        };
        let Some(inner) = self.tls.connect(&details, Some(socket))? else {
            return Err(Error::ConnectionFailed);
        };
        let (inner, progress) = (Box::new(inner), Arc::clone(&self.progress));
        Ok(Some(if is_to_proxy {
            Box::new(ToProxy {
                inner,
                progress,
                until,
            })
        } else {
            Box::new(WatchedTransport { inner, progress })
        }))
    }
}

/// A connection that notes what happens to it.
#[derive(Debug)]
struct WatchedTransport {
    inner: Box<dyn Transport>,
    progress: Arc<Progress>,
}

impl Transport for WatchedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.progress.written.store(true, Ordering::Relaxed);
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let awaited = self.inner.await_input(timeout);
        if awaited.is_err() {
            self.progress.broke.store(true, Ordering::Relaxed);
        }
        awaited
    }

    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
