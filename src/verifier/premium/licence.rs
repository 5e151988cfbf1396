//! Where the licence is read, judged, asked for and kept.

use std::sync::Arc;

use super::super::error::{Error, LicenceRequired};
use super::super::finding::{self, Finding};
use super::super::licence::{Licence, LicenceState};
use super::super::named::named;
use super::super::{Operator, Verifier, providers};
use crate::account::{Denied, Source};
use crate::audit::{Event, EventKind};
use crate::clock::UnixTime;
use crate::premium::Premium;
use crate::premium::licence::{
    self, Entered, Kept, KeptKey, KeptRow, MODULE, Remembered, Standing, Terms, Unlicensed,
    Unreadable,
};
use crate::shared::Keep;
use crate::sms::gateway::{self, Gateway, GatewayError, GatewaySettings, Signing};
use crate::store::RawRow;
use crate::types::LicenceKey;

/// What is kept does not open: the word for it beside those of [`Unlicensed::reason`].
const UNREADABLE: &str = "unreadable";

/// What stands in the store of a licence, if anything can be read there.
#[derive(Default)]
struct Row {
    kept: Option<Arc<Kept>>,
    unreadable: Option<Unreadable>,
}

impl Row {
    fn entered(&self) -> Option<&Entered> {
        self.kept.as_deref().and_then(Kept::entered)
    }
}

/// What there is of a licence, and what it is worth now.
struct Judged {
    kept: Option<Arc<Kept>>,
    unreadable: Option<Unreadable>,
    terms: Arc<Terms>,
    premium: Result<Premium, Unlicensed>,
}

impl Judged {
    fn silence(&self) -> Option<(&str, UnixTime)> {
        self.kept.as_ref()?.silence()
    }

    /// What may be shown, if a genuine token is there.
    fn shown(&self) -> Option<Licence> {
        let kept = self.kept.as_ref()?;
        let token = kept.licence(&self.terms).ok()?;
        let (state, because) = match &self.premium {
            Ok(premium) => (
                match premium.standing() {
                    Standing::Valid => LicenceState::Valid,
                    Standing::Grace => LicenceState::Grace,
                },
                self.silence().map(|(why, _)| why.to_owned()),
            ),
            Err(Unlicensed::Expired) => (
                LicenceState::Expired,
                Some(match self.silence() {
                    Some((why, _)) => why.to_owned(),
                    None => Unlicensed::Expired.to_string(),
                }),
            ),
            Err(why) => (LicenceState::Refused, Some(why.to_string())),
        };
        Some(Licence {
            id: token.id,
            plan: token.plan.as_str(),
            domain: token.domain,
            valid_from: token.begins,
            expires_at: token.expires,
            grace_until: token.grace_until,
            state,
            because,
        })
    }
}

impl Verifier {
    /// The proof that what is premium may be used now.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`]
    pub(in crate::verifier) fn premium(&self, now: UnixTime) -> Result<Premium, Error> {
        self.premium_of(self.judged(now)?, now)
    }

    /// The same by the row of the licence, which was read just before.
    ///
    /// # Errors
    /// As [`Verifier::premium`]
    pub(super) fn premium_by(&self, raw: Option<&RawRow>, now: UnixTime) -> Result<Premium, Error> {
        let row = self.row_of(raw)?;
        let terms = self.terms(row.kept.as_deref())?;
        self.premium_of(self.judged_by(row, terms, now), now)
    }

    fn premium_of(&self, judged: Judged, now: UnixTime) -> Result<Premium, Error> {
        let silence = judged.silence().map(|(why, _)| why.to_owned());
        let premium = judged.premium.map_err(|why| LicenceRequired::Unlicensed {
            reason: why.reason(),
            why: Box::new(why),
            silence: silence.unwrap_or_default(),
        })?;
        self.note_time(judged.kept.as_deref(), now);
        Ok(premium)
    }

    /// The same where the store cannot be asked, by what this process has seen there last.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`], [`Error::Unavailable`] where it has seen nothing
    pub(super) fn premium_as_seen(&self, now: UnixTime, why: Error) -> Result<Premium, Error> {
        let Some(kept) = self.licence.last() else {
            return Err(why);
        };
        let terms = self.terms(Some(&*kept))?;
        let premium = licence::judge(Some(&*kept), &terms, Remembered::NOTHING, now);
        Ok(premium.map_err(|why| LicenceRequired::Unlicensed {
            reason: why.reason(),
            why: Box::new(why),
            silence: String::new(),
        })?)
    }

    /// Whether a licence may be good all the same, for all that is known of why none counts: there is a key of one, the
    /// gateway has not said no, and its time is not over.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub(super) fn may_be_licensed(&self, why: &LicenceRequired) -> Result<bool, Error> {
        Ok(match why {
            LicenceRequired::NotBuilt | LicenceRequired::NoKey => false,
            LicenceRequired::NotEntered => self.licence_row()?.unreadable.is_some(),
            LicenceRequired::Settings(_) => true,
            LicenceRequired::Unlicensed { why, .. } => !matches!(
                why.downcast_ref(),
                Some(Unlicensed::Refused { .. } | Unlicensed::Expired)
            ),
        })
    }

    /// Whether a site without a licence has a key of one, or had.
    pub(super) fn has_licence_key(&self, why: &LicenceRequired) -> bool {
        match why {
            LicenceRequired::NotBuilt | LicenceRequired::NoKey => false,
            LicenceRequired::NotEntered => {
                self.licence_row().is_ok_and(|it| it.unreadable.is_some())
            }
            LicenceRequired::Settings(_) | LicenceRequired::Unlicensed { .. } => true,
        }
    }

    /// Whether there is a row of a licence, whatever is in it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub(super) fn has_licence_row(&self) -> Result<bool, Error> {
        Ok(self.rows.get(&KeptKey)?.is_some())
    }

    /// What may be shown of the licence; `None` where there is none to show.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn licence(&self, now: UnixTime) -> Result<Option<Licence>, Error> {
        match self.judged(now) {
            Ok(judged) => Ok(judged.shown()),
            Err(Error::LicenceRequired(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks the gateway for the licence, if that is due: after half of its life, and where none is good, at most once an
    /// hour; for whoever `insists`, at most once a minute. Nothing else asks, and nobody who signs in waits for it.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`]: none is good, also after that. [`Error::Unavailable`]
    pub fn renew_licence(&self, now: UnixTime, insists: bool) -> Result<Licence, Error> {
        let judged = self.judged(now)?;
        // What an older row says of when it was asked for is old, too. And whose clock is right has to wait for nobody whose
        // clock is ahead: an answer proves the time.
        let insists = insists
            || matches!(
                judged.premium,
                Err(Unlicensed::RolledBack | Unlicensed::ClockSetBack { .. })
            );
        let terms = judged.terms;
        let gateway = self.licence_gateway(&terms)?;
        let asks = self.change_licence(now, &terms, |kept| {
            let asks = kept.ask(&terms, insists, now);
            (asks, asks)
        })?;
        if asks {
            let answer = gateway.licence(now);
            self.change_licence(now, &terms, |kept| {
                // What came of it is in the row.
                let _ = kept.heard(said(&answer), &terms, now);
                (true, ())
            })?;
        }
        self.good_licence(now)
    }

    /// Takes the licence key that a person has entered, where no setting says it, and the address of the site that it is
    /// for: asks the gateway for the licence, and keeps both, unless the gateway says no to them, or nothing while there is
    /// a good licence of others. `None` for the site: that of the setting `site_url`, or where that is none, the one that
    /// is kept. Empty: forgets what is there.
    ///
    /// While a policy is set, whoever takes the key away that is there, or puts another in its place, has to be one who
    /// may change the policy, which asks for nothing without a licence. Where an operator is named, the audit tells who it
    /// was and why, and their grant has to be one.
    ///
    /// # Errors
    /// [`Error::LicenceRequired`]: it makes no licence now. [`Denied::StepUpRequired`], [`Denied::TooRecent`];
    /// [`Error::Invalid`], [`Error::Unavailable`]
    pub fn set_licence_key(
        &self,
        now: UnixTime,
        key: &str,
        site: Option<&str>,
        operator: Option<(&Operator<'_>, &str)>,
    ) -> Result<Option<Licence>, Error> {
        if !(self.config.licence_key()).is_some_and(LicenceKey::is_in_store) {
            let elsewhere =
                "the licence key is not taken from the store: licence_key says which it is";
            return Err(LicenceRequired::Settings(elsewhere.into()).into());
        }
        let row = self.licence_row()?;
        let is_there = row.unreadable.is_some() || row.entered().is_some();
        if key.is_empty() {
            if !is_there {
                return Ok(None);
            }
            self.may_change_licence(now, true, operator)?;
            self.note_licence(now, EventKind::LicenceForgotten, operator)?;
            self.rows.update(now, &KeptKey, |slot| {
                if let Some(KeptRow(Ok(kept))) = slot.take() {
                    slot.put(KeptRow(Ok(kept.forget())), Keep::Always);
                }
            })?;
            return Ok(None);
        }
        if site.is_some() && self.config.site_url().is_some() {
            let elsewhere =
                "the site's address is not taken from the store: site_url says which it is";
            return Err(LicenceRequired::Settings(elsewhere.into()).into());
        }
        let entered = || row.entered().map(Entered::site);
        let site = site.or_else(entered).unwrap_or_default();
        let terms = self.terms_of(&LicenceKey::new(key.to_owned().into()), site)?;
        let is_other = is_there && !(row.kept.as_ref()).is_some_and(|it| it.has_entered(&terms));
        self.may_change_licence(now, is_other, operator)?;
        let gateway = self.licence_gateway(&terms)?;
        let is_good = self.premium(now).is_ok();
        let answer = gateway.licence(now);
        let entered = self.rows.update(now, &KeptKey, |slot| {
            let stored = slot.take().and_then(|row| row.0.ok());
            let kept = stored.unwrap_or_else(|| self.no_licence(&terms, now));
            let (kept, outcome) = kept.enter(said(&answer), &terms, is_good, now);
            if let Some(kept) = kept {
                slot.put(KeptRow(Ok(kept)), Keep::Always);
            }
            outcome
        })?;
        entered.map_err(|why| LicenceRequired::Unlicensed {
            reason: why.reason(),
            silence: match (&why, &answer) {
                (Unlicensed::Missing, Err(error)) => error.to_string(),
                _ => String::new(),
            },
            why: Box::new(why),
        })?;
        self.note_licence(now, EventKind::LicenceEntered, operator)?;
        self.good_licence(now).map(Some)
    }

    /// Whether the licence key that is there may be taken away. A policy that cannot be read is one.
    fn may_change_licence(
        &self,
        now: UnixTime,
        takes_away: bool,
        operator: Option<(&Operator<'_>, &str)>,
    ) -> Result<(), Error> {
        if let Some((operator, reason)) = operator {
            named(operator.by(), reason)?;
        }
        if !takes_away || self.enforcement()?.is_none() {
            return Ok(());
        }
        let (operator, _) = operator.ok_or(Denied::StepUpRequired)?;
        self.authority_over_policy(now, operator).map(|_| ())
    }

    fn note_licence(
        &self,
        now: UnixTime,
        kind: EventKind,
        operator: Option<(&Operator<'_>, &str)>,
    ) -> Result<(), Error> {
        match operator {
            Some((operator, reason)) => self.note_of_everybody(now, kind, operator, reason),
            None => self.note_for_providers(now, &Source::default(), &Event::by_itself(kind)),
        }
    }

    pub(super) fn good_licence(&self, now: UnixTime) -> Result<Licence, Error> {
        self.premium(now)?;
        let shown = self.judged(now)?.shown();
        Ok(shown.ok_or_else(|| LicenceRequired::Unlicensed {
            reason: Unlicensed::Missing.reason(),
            why: Box::new(Unlicensed::Missing),
            silence: String::new(),
        })?)
    }

    /// What an operator should know of the licence; nothing where there is no key of one.
    pub(in crate::verifier) fn licence_health(&self, now: Option<UnixTime>) -> Vec<Finding> {
        let (Some(now), Some(_)) = (now, self.config.licence_key()) else {
            return Vec::new();
        };
        let wrong = |id, reason: &str, why: String| {
            vec![Finding::warning(id).with("why", why).with("reason", reason)]
        };
        // A store that cannot be asked says so itself.
        let Ok(row) = self.licence_row() else {
            return Vec::new();
        };
        let unreadable = row.unreadable;
        let judged = self.terms(row.kept.as_deref()).and_then(|terms| {
            self.licence_gateway(&terms)?;
            Ok(self.judged_by(row, terms, now))
        });
        match (judged, unreadable) {
            (Ok(judged), _) => findings(&judged, now),
            (Err(Error::LicenceRequired(LicenceRequired::Settings(why))), _) => {
                wrong(finding::LICENCE_SETTINGS, "settings", why.to_string())
            }
            // Nobody knows which key was in it.
            (Err(_), Some(why)) => wrong(finding::LICENCE_UNUSABLE, UNREADABLE, why.to_string()),
            // Nobody has entered one, and nobody has to.
            (Err(_), None) => Vec::new(),
        }
    }

    /// By the key and the site that settings say, or that a person has entered: a site that was entered is that of its key
    /// alone.
    fn terms(&self, kept: Option<&Kept>) -> Result<Arc<Terms>, Error> {
        let key = self.config.licence_key().ok_or(LicenceRequired::NoKey)?;
        if !key.is_in_store() {
            return self.terms_of(key, "");
        }
        let entered = kept.and_then(Kept::entered);
        let entered = entered.ok_or(LicenceRequired::NotEntered)?;
        self.terms_of(entered.key(), entered.site())
    }

    fn terms_of(&self, key: &LicenceKey, site: &str) -> Result<Arc<Terms>, Error> {
        let keys = self.config.licence_public_keys().unwrap_or_default();
        let site = self.config.site_url().unwrap_or(site);
        let days = self.config.premium_grace_days();
        let terms = self.licence.terms(keys, site, days, key);
        Ok(terms.map_err(LicenceRequired::Settings)?)
    }

    fn licence_gateway(&self, terms: &Terms) -> Result<Gateway, Error> {
        let gateway = Gateway::new(GatewaySettings {
            url: self.config.licence_url().unwrap_or_default().to_owned(),
            licence_key: terms.key().reveal().to_owned().into(),
            site_url: terms.site().to_owned(),
            module: MODULE.to_owned(),
            signing: Signing::Require,
            keys: terms.keys().to_vec(),
            http: providers::setup(&self.config).http,
        });
        Ok(gateway.map_err(LicenceRequired::Settings)?)
    }

    fn judged(&self, now: UnixTime) -> Result<Judged, Error> {
        let row = self.licence_row()?;
        let terms = self.terms(row.kept.as_deref())?;
        Ok(self.judged_by(row, terms, now))
    }

    fn licence_row(&self) -> Result<Row, Error> {
        self.row_of(self.rows.raw(&KeptKey)?.as_ref())
    }

    fn row_of(&self, raw: Option<&RawRow>) -> Result<Row, Error> {
        let is = |kept| Row {
            kept: Some(kept),
            unreadable: None,
        };
        let Some(raw) = raw else {
            return Ok(Row::default());
        };
        if let Some(kept) = self.licence.opened(raw) {
            return Ok(is(kept));
        }
        Ok(match self.rows.decode::<KeptKey>(Some(raw))? {
            None => Row::default(),
            Some(KeptRow(Ok(kept))) => is(self.licence.open(raw, kept)),
            Some(KeptRow(Err(why))) => Row {
                kept: None,
                unreadable: Some(why),
            },
        })
    }

    fn judged_by(&self, Row { kept, unreadable }: Row, terms: Arc<Terms>, now: UnixTime) -> Judged {
        let remembered = self.licence.then_see(kept.as_ref());
        Judged {
            premium: licence::judge(kept.as_deref(), &terms, remembered, now),
            kept,
            unreadable,
            terms,
        }
    }

    /// Changes what is kept by `rule`, which says whether to write it. Where another key or site has been entered
    /// meanwhile, or none is there any more, nothing is changed.
    fn change_licence<T: Default>(
        &self,
        now: UnixTime,
        terms: &Terms,
        rule: impl Fn(&mut Kept) -> (bool, T),
    ) -> Result<T, Error> {
        let answer = self.rows.update(now, &KeptKey, |slot| {
            let stored = slot.take().and_then(|row| row.0.ok());
            let wanted = self.terms(stored.as_ref());
            if !wanted.is_ok_and(|wanted| wanted.asks_the_same_as(terms)) {
                return T::default();
            }
            let mut kept =
                stored.map_or_else(|| self.no_licence(terms, now), |kept| kept.for_terms(terms));
            let (writes, answer) = rule(&mut kept);
            if writes {
                slot.put(KeptRow(Ok(kept)), Keep::Always);
            }
            answer
        });
        Ok(answer?)
    }

    fn no_licence(&self, terms: &Terms, now: UnixTime) -> Kept {
        Kept::nothing(terms, now).after(self.licence.then_see(None))
    }

    /// Keeps the time, once an hour. Where that fails it is left out: the next use does it.
    fn note_time(&self, kept: Option<&Kept>, now: UnixTime) {
        if kept.is_some_and(|kept| kept.is_to_see(now)) {
            let _ = self.rows.update(now, &KeptKey, |slot| {
                if let Some(KeptRow(Ok(mut kept))) = slot.take()
                    && kept.seen(now)
                {
                    slot.put(KeptRow(Ok(kept)), Keep::Always);
                }
            });
        }
    }
}

/// Where replies have to be signed there is no yes without a token.
fn said(answer: &Result<gateway::Licence, GatewayError>) -> Result<&str, &GatewayError> {
    let granted = answer.as_ref()?;
    Ok(granted.written.as_deref().unwrap_or_default())
}

/// When what is premium ends that a licence is good for, if somebody should see to its renewal.
pub(super) fn ends_at(premium: &Premium, now: UnixTime) -> Option<UnixTime> {
    let licence = premium.licence();
    let is_late = premium.standing() == Standing::Grace || now >= late(licence);
    is_late.then_some(licence.grace_until)
}

/// When its renewal is late.
fn late(licence: &licence::Licence) -> UnixTime {
    let from = licence.renew_from();
    from.plus(from.until(licence.expires) / 2)
}

fn findings(judged: &Judged, now: UnixTime) -> Vec<Finding> {
    let unusable = |reason: &str, why: String| {
        let found = Finding::warning(finding::LICENCE_UNUSABLE).with("why", why);
        found.with("reason", reason)
    };
    let mut is_well = false;
    let found = match (&judged.premium, judged.unreadable) {
        (Err(_), Some(why)) => unusable(UNREADABLE, why.to_string()),
        (Ok(premium), _) => {
            let licence = premium.licence();
            match premium.standing() {
                Standing::Grace => {
                    Finding::warning(finding::LICENCE_GRACE).with("until", licence.grace_until)
                }
                Standing::Valid if now >= late(licence) => {
                    Finding::warning(finding::LICENCE_ENDING).with("until", licence.expires)
                }
                Standing::Valid => {
                    is_well = true;
                    let found = Finding::ok(finding::LICENCE_OK).with("until", licence.expires);
                    let found = found.with("plan", licence.plan.as_str());
                    found.with("domain", licence.domain.as_str())
                }
            }
        }
        (Err(Unlicensed::Missing), None) => {
            Finding::warning(finding::LICENCE_MISSING).with("domain", judged.terms.domain())
        }
        (Err(Unlicensed::Expired), None) => Finding::warning(finding::LICENCE_EXPIRED),
        (Err(Unlicensed::Refused { why, at }), None) => {
            let found = Finding::warning(finding::LICENCE_REFUSED).with("at", *at);
            let found = found.with("domain", judged.terms.domain());
            found.with("why", why.as_str())
        }
        (Err(why), None) => unusable(why.reason(), why.to_string()),
    };
    let mut findings = vec![found];
    if let Some((why, since)) = judged.silence().filter(|_| !is_well) {
        let found = Finding::warning(finding::LICENCE_UNANSWERED).with("at", since);
        findings.push(found.with("why", why));
    }
    findings
}
