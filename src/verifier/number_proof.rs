//! A number is proven before there is an account, and without making it a factor: for a registration.
//!
//! ```text
//!   prove ─▶ budgets of nobody ─▶ code sent ─▶ token     row "number/<id>": sealed, half an hour
//!   confirm(token, code) ─▶ the row ends ─▶ number and time, once
//! ```
//!
//! It is the set-up of a number on an account that is nobody's: an [`Account`] of its own in a shared row, so that the
//! rules for codes, tries and providers are those of every set-up, and what is left of it when the code was right is the
//! answer alone. Nobody has a budget, so whoever asks takes from that of registrations ([`Use::Registration`]).
//!
//! Nothing tells whether somebody has the number as a factor.

use zeroize::Zeroizing;

use super::send::{CodeTask, Delivery, answer_of, checked};
use super::{Client, Error, Verifier, token};
use crate::account::{
    Account, AuditBuffer, Denied, ForEnrolment, NewCodes, PENDING_SECONDS, Recipient, RuleContext,
    SetupId, Source, Step,
};
use crate::clock::UnixTime;
use crate::crypto::{Domain, HashKey, OsEntropy, random};
use crate::delivery::budget::Use;
use crate::delivery::pending::Standing;
use crate::phone::PhoneNumber;
use crate::shared::format::RowError;
use crate::shared::{EncodeError, Keep, RowContext, RowKey, RowKind, SharedRow};
use crate::sms::Channel;
use crate::types::{Method, Purpose, UserId};

/// Somebody has typed back what was sent to a number.
#[derive(Debug, Clone)]
pub struct ProvenNumber {
    /// Which.
    pub number: PhoneNumber,
    /// By which way.
    pub method: Method,
    /// When.
    pub at: UnixTime,
}

/// The row of a proof, by the id that only its token knows.
#[derive(Debug)]
struct NumberProofKey(SetupId);

impl RowKey for NumberProofKey {
    type Row = NumberProof;

    const KIND: RowKind = RowKind::NumberProof;

    fn id(&self) -> String {
        data_encoding::HEXLOWER.encode(self.0.bytes())
    }
}

/// The set-up that waits for its code, and until when.
#[derive(Debug)]
struct NumberProof {
    until: UnixTime,
    account: Account,
}

impl SharedRow for NumberProof {
    fn decode(bytes: &[u8], context: &RowContext<'_>) -> Result<Self, RowError> {
        let plain = context
            .open(Domain::NumberProof, bytes)
            .map_err(|_| RowError)?;
        let (until, document) = plain.split_first_chunk::<8>().ok_or(RowError)?;
        Ok(Self {
            until: UnixTime::new(i64::from_be_bytes(*until)).map_err(|_| RowError)?,
            account: Account::from_document(document).map_err(|_| RowError)?,
        })
    }

    fn encode(&self, context: &RowContext<'_>) -> Result<Vec<u8>, EncodeError> {
        let document = self.account.to_document().map_err(|_| RowError)?;
        let until = self.until.seconds().to_be_bytes();
        let room = document.len().saturating_add(until.len());
        let mut plain = Zeroizing::new(Vec::with_capacity(room));
        plain.extend_from_slice(&until);
        plain.extend_from_slice(&document);
        Ok(context.seal(Domain::NumberProof, &plain)?)
    }
}

/// A rule over the account of a proof, which is over when the rule says so.
type Rule<'a, T> = &'a dyn Fn(&mut Account, &mut RuleContext<'_>) -> (bool, Result<T, Denied>);

impl Verifier {
    /// Sends a code to a number that is nobody's factor, and becomes none. `subject`: what the host calls the attempt,
    /// such as a session; it has the budget of one person.
    ///
    /// # Errors
    /// [`Error::Number`], [`Error::Invalid`], [`Denied::Throttled`], [`Denied::NotSent`], [`Error::Unavailable`]
    pub fn prove_number(
        &self,
        now: UnixTime,
        subject: &UserId,
        number: &PhoneNumber,
        method: Method,
        locale: &str,
        client: &Client,
    ) -> Result<Delivery, Error> {
        if Channel::of(method).is_none() {
            let why = "must be Method::Sms, Method::Voice or Method::WhatsApp";
            return Err(Error::invalid("method", why));
        }
        self.offered(method, now)?;
        self.reachable(number, method)?;
        let to = number.e164();
        let source = self.source(client);
        let class = Use::Registration;
        self.refuse_elsewhere(client, self.wait_before_sending())?;
        let charge = || self.charge(now, subject, class, method, to, Some(self.address(client)));
        let (resend_at, charge) = self.take_send(now, client, class, charge)?;
        let (id, listed) = (SetupId::draw(&mut OsEntropy)?, UserId::providers());
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(random::bytes(&mut OsEntropy)?);
        let recipient = Recipient {
            locale: locale.to_owned(),
            email: None,
        };
        let until = now.plus(PENDING_SECONDS);
        self.rows.update(now, &NumberProofKey(id), |slot| {
            let mut account = Account::new(HashKey::new(*key));
            let mut audit = AuditBuffer::new(source.clone());
            let mut context = RuleContext::new(now, self.config.policy(), &mut audit);
            account.start_contact(id, method, to, &recipient, None, &mut context);
            slot.put(NumberProof { until, account }, Keep::Until(until));
        })?;
        let task = CodeTask {
            user: subject,
            listed: &listed,
            source: &source,
            method,
            to,
            purpose: Purpose::VerifyPhone,
            class,
            is_for_contact: true,
            locale: &recipient.locale,
            last_provider: "",
            resend_at,
            now,
            claim: self.claim_of(Standing::Unproven, &[b"number", id.bytes()]),
            ask_first: false,
        };
        let enrolment = ForEnrolment {
            setup: &id,
            codes: NewCodes::NONE,
        };
        let mut delivery = self.carry(
            &task,
            charge,
            |rule| {
                let rule = |account: &mut Account, context: &mut RuleContext<'_>| {
                    (false, rule(account, context))
                };
                Ok(self.change_proof(now, &id, &source, &rule)??)
            },
            |account, sent, context| account.record_sent(&enrolment, &sent.code, context),
        )?;
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        delivery.token = token::seal_number_proof(ring, site, &id)?;
        Ok(delivery)
    }

    /// The number that a code was sent to, once, if that is the code.
    ///
    /// # Errors
    /// [`Denied::Rejected`], also when the proof is over, or none of ours; [`Error::Unavailable`]
    pub fn confirm_number(
        &self,
        now: UnixTime,
        proof: &str,
        typed: &str,
        client: &Client,
    ) -> Result<ProvenNumber, Error> {
        let id = self.number_proof_of(proof).ok_or(Denied::Rejected)?;
        self.refuse_elsewhere(client, Denied::Rejected)?;
        let source = self.source(client);
        let enrolment = ForEnrolment {
            setup: &id,
            codes: NewCodes::NONE,
        };
        let proven = |account: &Account| account.phone().map(str::to_owned).ok_or(Denied::Rejected);
        let step = self.change_proof(now, &id, &source, &|account, context| {
            let step = account.check_code(&enrolment, typed, context);
            let is_over = match &step {
                Ok(Step::Done(_)) => true,
                Ok(Step::Ask(_)) => false,
                Err(_) => account.waiting(&id, now).is_none(),
            };
            let step = step.and_then(|step| {
                Ok(match step {
                    Step::Done(confirmed) => Step::Done((confirmed.method, proven(account)?)),
                    Step::Ask(check) => Step::Ask(check),
                })
            });
            (is_over, step)
        })??;
        let (method, number) = match step {
            Step::Done(confirmed) => confirmed,
            Step::Ask(check) => {
                let verdict = self.ask_provider(now, &check, typed);
                let answer = checked(&verdict);
                self.change_proof(now, &id, &source, &|account, context| {
                    let confirmed = account.settle(&enrolment, &check, answer, context);
                    let is_over = confirmed.is_ok() || account.waiting(&id, now).is_none();
                    let confirmed =
                        confirmed.and_then(|confirmed| Ok((confirmed.method, proven(account)?)));
                    (is_over, confirmed)
                })?
                .map_err(|denied| answer_of(verdict, denied))?
            }
        };
        Ok(ProvenNumber {
            number: super::sender::kept_number(&number)?,
            method,
            at: now,
        })
    }

    /// How often a code may still be typed for that number before another one is needed; 0 when it is over.
    ///
    /// # Errors
    /// [`Error::Unavailable`]
    pub fn number_tries_left(&self, now: UnixTime, proof: &str) -> Result<u8, Error> {
        let Some(id) = self.number_proof_of(proof) else {
            return Ok(0);
        };
        let row = self.rows.get(&NumberProofKey(id))?;
        let row = row.filter(|stored| stored.row.is_open(now));
        Ok(row.map_or(0, |stored| stored.row.account.setup_tries_left(&id, now)))
    }

    fn number_proof_of(&self, proof: &str) -> Option<SetupId> {
        let (ring, site) = (self.accounts.ring(), self.accounts.site());
        token::open_number_proof(ring, site, proof)
    }

    /// Changes the account of a proof that is not over. A proof of which there is no row is [`Denied::Rejected`].
    fn change_proof<T>(
        &self,
        now: UnixTime,
        id: &SetupId,
        source: &Source,
        rule: Rule<'_, T>,
    ) -> Result<Result<T, Denied>, Error> {
        Ok(self.rows.update(now, &NumberProofKey(*id), |slot| {
            let Some(mut proof) = slot.take().filter(|proof| proof.is_open(now)) else {
                return Err(Denied::Rejected);
            };
            let mut audit = AuditBuffer::new(source.clone());
            let mut context = RuleContext::new(now, self.config.policy(), &mut audit);
            let (is_over, answer) = rule(&mut proof.account, &mut context);
            if is_over {
                slot.end();
            } else {
                let until = proof.until;
                slot.put(proof, Keep::Until(until));
            }
            answer
        })?)
    }
}

impl NumberProof {
    /// One of a clock that was ahead is over, as every set-up of that time.
    fn is_open(&self, now: UnixTime) -> bool {
        now < self.until && self.until <= now.plus(PENDING_SECONDS).plus(crate::clock::SKEW)
    }
}
