//! `twofactor support`: the text that whoever helps needs, without a secret and without anybody's name (premium).

use clap::Args;
use serde::Serialize;

use super::Run;
use super::change::Act;
use super::failure::Failure;
use super::session::{Session, now};
use crate::startup::{build, system};
use crate::verifier::{Surroundings, settings_health};

#[derive(Debug, Args)]
pub(super) struct Support {
    #[command(flatten)]
    act: Act,
}

#[derive(Debug, Serialize)]
struct Made {
    text: Option<String>,
}

impl Run for Support {
    fn run(self, session: &mut Session) -> Result<(), Failure> {
        let signed = self.act.signed()?;
        let site = session.clear_site()?;
        let verifier = site.open()?;
        let found = &site.found;
        let mut directives: Vec<String> = Vec::new();
        directives.extend(found.sapis.iter().flat_map(|it| it.unknown.iter().cloned()));
        let variables = site.snapshot.environment().unknown();
        let mut versions = build();
        versions.push(("sapi", "none, the program twofactor".to_owned()));
        versions.extend(system());
        let around = Surroundings {
            versions,
            settings: found.settings.told(&found.process),
            checks: settings_health(&directives, variables)
                .into_iter()
                .collect(),
            failures: Vec::new(),
        };
        let would = "A text about this site is made, and the audit says who made it.";
        let act = ("support.make", would);
        let made = Made { text: None };
        self.act.make(&mut session.out, act, &signed, made, |_| {
            let operator = signed.operator();
            let text = verifier.support_bundle(now()?, &operator, &signed.reason, &around)?;
            let made = Made {
                text: Some(text.clone()),
            };
            Ok((made, text))
        })
    }
}
