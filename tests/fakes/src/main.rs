//! Starts the fakes on free ports, says in one line of JSON where they are, and ends when its standard
//! input does.

use std::io::{self, Read, Write};
use std::sync::Arc;

use serde_json::json;
use twofactor_fakes::Fakes;
use twofactor_fakes::admin::Admin;
use twofactor_fakes::fault::Fault;
use twofactor_fakes::gateway;
use twofactor_fakes::http::Server;
use twofactor_fakes::twilio;

fn main() -> io::Result<()> {
    let fakes = Fakes::start();
    let proxy = Arc::new(fakes.twilio_behind(Fault::None));
    let managed = Arc::new(fakes.gateway());
    let admin = Admin {
        gateway: Arc::clone(&managed),
        clock: fakes.clock.clone(),
        twilio: Arc::clone(&fakes.twilio),
        proxy: Arc::clone(&proxy),
    };
    let admin = Server::start(None, Arc::new(admin));
    let line = json!({
        "ca": fakes.ca_file(),
        "admin": admin.url(),
        "now": fakes.clock.now(),
        "gateway": {
            "url": managed.url(),
            "licence_key": gateway::LICENCE_KEY,
            "site_url": format!("https://{}", gateway::DOMAIN),
            "module": gateway::MODULE,
            "keys": managed.keys(),
        },
        "twilio": {
            "url": proxy.url(),
            "plain": fakes.twilio_plain_url(),
            "account": twilio::ACCOUNT,
            "token": twilio::TOKEN,
            "key": twilio::KEY,
            "secret": twilio::SECRET,
            "service": twilio::SERVICE,
            "messaging_service": twilio::MESSAGING_SERVICE,
            "template": twilio::TEMPLATE,
            "from": twilio::FROM,
        },
    });
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
