//! How long to wait before a request is made once more: full jitter, so that many who failed at once
//! do not come back at once.

use std::time::Duration;

use super::http::Reply;
use crate::crypto::random;
use crate::crypto::{Entropy, RandomError};

/// The first wait is at most this, and each further one at most twice as long.
const FIRST: u64 = 250;
/// No wait is longer, in milliseconds. Who asks for more is not asked again.
const LONGEST: u64 = 2_000;

/// A random wait before attempt number `attempt` of the repeated ones (0 is the first), and not less
/// than the seconds the other side asked for. `None` when that is too long to wait for.
///
/// # Errors
/// [`RandomError`]
pub(super) fn before(
    attempt: u32,
    retry_after: Option<u64>,
    entropy: &mut dyn Entropy,
) -> Result<Option<Duration>, RandomError> {
    let least = retry_after.unwrap_or(0).saturating_mul(1_000);
    if least > LONGEST {
        return Ok(None);
    }
    let most = FIRST
        .saturating_mul(1u64.checked_shl(attempt).unwrap_or(u64::MAX))
        .min(LONGEST);
    let jitter = random::up_to(most, entropy)?;
    Ok(Some(Duration::from_millis(jitter.max(least))))
}

/// The seconds in `Retry-After`. The date that may stand there instead is not read.
pub(super) fn asked_for(reply: &Reply) -> Option<u64> {
    let text = reply.header("retry-after")?;
    // `parse` alone would take "+5".
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::OsEntropy;

    fn longest(attempt: u32, retry_after: Option<u64>) -> Option<u128> {
        let waits = (0..2_000).map(|_| before(attempt, retry_after, &mut OsEntropy).unwrap());
        waits.map(|wait| Some(wait?.as_millis())).max().unwrap()
    }

    #[test]
    fn waits_are_anything_up_to_a_limit_that_doubles_and_ends() {
        for (attempt, limit) in [
            (0, 250),
            (1, 500),
            (2, 1_000),
            (3, 2_000),
            (4, 2_000),
            (99, 2_000),
        ] {
            let seen = longest(attempt, None).unwrap();
            assert!(seen <= limit && seen * 10 >= limit * 9, "{attempt}: {seen}");
        }
        let shortest = (0..2_000)
            .map(|_| before(3, None, &mut OsEntropy).unwrap().unwrap())
            .min();
        assert!(shortest.unwrap() < Duration::from_millis(200));
    }

    #[test]
    fn who_asks_for_a_short_wait_gets_it_and_who_asks_for_a_long_one_is_left_alone() {
        for _ in 0..100 {
            let wait = before(0, Some(1), &mut OsEntropy).unwrap().unwrap();
            assert_eq!(wait, Duration::from_secs(1));
        }
        assert_eq!(before(0, Some(3), &mut OsEntropy), Ok(None));
        assert_eq!(before(0, Some(u64::MAX), &mut OsEntropy), Ok(None));
    }
}
