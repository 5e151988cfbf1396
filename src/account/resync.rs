//! An app whose clock is further off than the window: two consecutive codes say how far (RFC 6238 section 6, RFC 4226
//! section 7.4).
//!
//! ```text
//!                 app's clock, by the server's        -10 … -2 │ -1  0 +1 │ +2 … +10
//!   code of a step in the window ──────────────────────────────▶ accepted
//!   code of a step outside ──▶ wrong, charged; the challenge keeps of which step it is
//!       └─ and then, for the same challenge, the code of the very next step, shown as far from the server's clock as the
//!          first (a step more or less, for it takes time to type) ──▶ accepted; from now on the window is around there
//! ```
//!
//! - A code outside the window is never accepted by itself, and its answer, its time and what it is charged are those of any
//!   wrong code: whoever guesses does not learn that they have found half of it.
//! - Both go through the counter of the method as all codes do, behind a challenge, so behind the right password.
//! - Neither may be of a step that is spent, or before one that is: an app whose clock was set back waits until it has
//!   caught up, and the audit says so (`earlier`).
//! - The window moves and does not widen. It never moves further than [`MOST_OFFSET`](super::app::MOST_OFFSET) steps from the
//!   server's clock, however often it is moved.
//! - It is kept with the challenge: nobody completes, or replaces, what was shown for another one.

use super::challenge::OutsideStep;
use super::challenge_token::ChallengeToken;
use super::context::RuleContext;
use super::factor::Factor;
use super::replay::Tried;
use super::spent::CodeName;
use super::state::Account;
use crate::audit::{Event, EventKind};
use crate::types::Method;

/// Steps by which the two may lie differently far from the server's clock: the first may be typed at the beginning of its
/// step and the second at the end of it, or a little later.
const MOST_APART: u64 = 1;

impl OutsideStep {
    /// Whether it is the step after that one, of the same app, and its clock has run on as the server's has meanwhile.
    fn follows(&self, before: &Self) -> bool {
        self.app == before.app
            && before.step.checked_add(1) == Some(self.step)
            && self.ahead.abs_diff(before.ahead) <= MOST_APART
    }
}

impl Account {
    /// What an app's code that was not accepted says of its clock: it is accepted after all if it is the second of two.
    pub(super) fn try_outside(
        &mut self,
        token: &ChallengeToken,
        code: &str,
        tried: &mut Tried,
        context: &mut RuleContext<'_>,
    ) {
        let (now, deriver) = (context.now, context.deriver.as_ref());
        let mut shown: Option<OutsideStep> = None;
        for factor in &self.factors {
            let Some(app) = factor.app().filter(|_| !factor.is_suspended()) else {
                continue;
            };
            let (later, is_earlier) = app.look_outside(code, now, deriver);
            tried.found.note_earlier(is_earlier);
            let app = factor.id;
            shown = shown.or(later.map(|(step, ahead)| OutsideStep { app, step, ahead }));
        }
        let Some(shown) = shown else { return };
        let Some(kept) = self.list_mut(token.purpose).outside_mut(&token.id) else {
            return;
        };
        let before = kept.replace(shown).filter(|before| shown.follows(before));
        let Some(before) = before else { return };
        *kept = None;
        let app = self.factor_mut(&shown.app).and_then(Factor::app_mut);
        let Some(app) = app else { return };
        let seconds = app.resynchronise(shown.step, shown.ahead, context.policy);
        tried.used = Some(shown.app);
        let names = [before.step, shown.step].map(|step| CodeName::of_step(shown.app.0, step));
        tried.spent.extend(names);
        let about = Event::about(token.purpose, EventKind::Resynchronised).method(Method::Totp);
        let event = match self.factor_mut(&shown.app) {
            Some(factor) => factor.event(about),
            None => about,
        };
        context.note(event.because(&format!("{seconds:+}")));
    }
}
