//! Strict providers of codes on this machine, over real HTTP and TLS, and what may go wrong on the way
//! to them. Test equipment: nothing of it is in the extension.
//!
//! A fake refuses what the provider would refuse, and what it would let pass in silence: a field too
//! many, a field twice. It keeps state, remembers every request, and fails on demand. Its clock is
//! the test's. A [`Proxy`](fault::Proxy) in front of it does one thing wrong at a time.

pub mod admin;
pub mod clock;
pub mod fault;
pub mod forward;
pub mod gateway;
pub mod http;
pub mod sns;
pub mod tls;
pub mod twilio;

use std::path::Path;
use std::sync::Arc;

use clock::Clock;
use fault::{Fault, Proxy};
use http::Server;
use sns::Sns;
use tls::Authority;
use twilio::Twilio;

/// Every fake, running.
pub struct Fakes {
    /// Who signed their certificates.
    pub authority: Arc<Authority>,
    /// The time they go by.
    pub clock: Clock,
    /// Twilio Verify and Twilio Messaging.
    pub twilio: Arc<Twilio>,
    /// Amazon SNS.
    pub sns: Arc<Sns>,
    sns_tls: Server,
    sns_plain: Server,
    twilio_tls: Server,
    twilio_plain: Server,
}

impl Fakes {
    /// Starts them on free ports of this machine. They end with the value.
    #[must_use]
    pub fn start() -> Self {
        Self::by(Arc::new(Authority::new()), Clock::new())
    }

    /// As many again: trusted by the same file, by the same clock, and empty.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::by(Arc::clone(&self.authority), self.clock.clone())
    }

    fn by(authority: Arc<Authority>, clock: Clock) -> Self {
        let twilio = Arc::new(Twilio::new(clock.clone()));
        let sns = Arc::new(Sns::new(clock.clone()));
        Self {
            sns_tls: Server::start(Some(authority.server()), sns.clone()),
            sns_plain: Server::start(None, sns.clone()),
            sns,
            twilio_tls: Server::start(Some(authority.server()), twilio.clone()),
            twilio_plain: Server::start(None, twilio.clone()),
            authority,
            clock,
            twilio,
        }
    }

    /// A managed gateway of its own, by the same clock.
    #[must_use]
    pub fn gateway(&self) -> gateway::Gateway {
        gateway::Gateway::start(&self.authority, self.clock.clone())
    }

    /// The file with the authority that signed every certificate here.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        self.authority.file()
    }

    /// Where Twilio is, over TLS.
    #[must_use]
    pub fn twilio_url(&self) -> String {
        self.twilio_tls.url()
    }

    /// Where Twilio is, in the clear.
    #[must_use]
    pub fn twilio_plain_url(&self) -> String {
        self.twilio_plain.url()
    }

    /// Twilio over TLS, with something wrong on the way.
    #[must_use]
    pub fn twilio_behind(&self, fault: Fault) -> Proxy {
        Proxy::start(&self.authority, self.twilio_plain.address(), fault)
    }

    /// Where SNS is, over TLS.
    #[must_use]
    pub fn sns_url(&self) -> String {
        self.sns_tls.url()
    }

    /// Where SNS is, in the clear.
    #[must_use]
    pub fn sns_plain_url(&self) -> String {
        self.sns_plain.url()
    }

    /// SNS over TLS, with something wrong on the way.
    #[must_use]
    pub fn sns_behind(&self, fault: Fault) -> Proxy {
        Proxy::start(&self.authority, self.sns_plain.address(), fault)
    }
}
