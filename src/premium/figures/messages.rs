//! What is counted of the messages that were sent: by country and provider, and what became of them.

use serde::{Deserialize, Serialize};

/// Pairs of country and provider that are kept; what else there is counts as one.
const MOST: usize = 300;

/// What the provider says of a message that its owner has.
const DELIVERED: [&str; 2] = ["delivered", "read"];

/// What it says of one that nobody got.
const FAILED: [&str; 5] = ["failed", "undelivered", "rejected", "expired", "canceled"];

/// Messages to a country by a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCount {
    /// The calling code, `+49`; empty: not known, or one of many.
    pub country: String,
    /// The name of the provider.
    pub provider: String,
    /// All that it took.
    pub sent: u32,
    /// Of these, those that it has reported as delivered.
    pub delivered: u32,
    /// And as not.
    pub failed: u32,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFigures(Vec<MessageCount>);

impl MessageFigures {
    /// One more: the number as it is kept, without most of its digits, the provider and its word for what became of it.
    pub fn count(&mut self, masked: &str, provider: &str, status: &str) {
        // It begins with the calling code: "+49 ••• 67".
        let code = masked.split(' ').next().filter(|it| it.starts_with('+'));
        let mut country = code.unwrap_or_default();
        let mut provider = provider;
        let is = |it: &MessageCount, country: &str, provider: &str| {
            it.country == country && it.provider == provider
        };
        if self.0.len() >= MOST && !self.0.iter().any(|it| is(it, country, provider)) {
            (country, provider) = ("", "");
        }
        let place = self.0.iter().position(|it| is(it, country, provider));
        let place = place.unwrap_or_else(|| {
            self.0.push(MessageCount {
                country: country.to_owned(),
                provider: provider.to_owned(),
                sent: 0,
                delivered: 0,
                failed: 0,
            });
            self.0.len().saturating_sub(1)
        });
        if let Some(it) = self.0.get_mut(place) {
            let add = |number: &mut u32, counts: bool| {
                *number = number.saturating_add(u32::from(counts));
            };
            add(&mut it.sent, true);
            add(&mut it.delivered, DELIVERED.contains(&status));
            add(&mut it.failed, FAILED.contains(&status));
        }
    }

    /// The most first.
    #[must_use]
    pub fn top(&self) -> Vec<&MessageCount> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by(|one, other| {
            let names = |it: &MessageCount| (it.country.clone(), it.provider.clone());
            other
                .sent
                .cmp(&one.sent)
                .then_with(|| names(one).cmp(&names(other)))
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_country_and_provider_and_no_number_is_kept() {
        let mut figures = MessageFigures::default();
        figures.count("+49 ••• 67", "one", "delivered");
        figures.count("+49 ••• 68", "one", "failed");
        figures.count("+49 ••• 69", "two", "sent");
        figures.count("a•••@example.org", "two", "sent");
        let all: Vec<_> = figures
            .top()
            .into_iter()
            .map(|it| {
                (
                    &*it.country,
                    &*it.provider,
                    it.sent,
                    it.delivered,
                    it.failed,
                )
            })
            .collect();
        assert_eq!(
            all,
            [
                ("+49", "one", 2, 1, 1),
                ("", "two", 1, 0, 0),
                ("+49", "two", 1, 0, 0),
            ]
        );
    }

    #[test]
    fn however_many_there_are_the_row_stays_small() {
        let mut figures = MessageFigures::default();
        for n in 0..5_000 {
            figures.count(
                &format!("+{} ••• 1", n % 999),
                &format!("{:x<60}", n % 7),
                "sent",
            );
        }
        assert_eq!(figures.0.len(), MOST + 1);
        let all: u32 = figures.0.iter().map(|it| it.sent).sum();
        assert_eq!(all, 5_000);
        assert!(postcard::to_extend(&figures, Vec::new()).unwrap().len() < 48 * 1024);
    }
}
