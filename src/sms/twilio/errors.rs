//! Twilio's errors, and what each means for whoever wants a code.
//!
//! The codes are those that the two products and the channels behind them are documented to refuse a
//! message, a call or a verification with ([Twilio: error and warning
//! dictionary](https://www.twilio.com/docs/api/errors)). Every other code is a refusal as well, and what
//! it is about is not known: see [`Refusal::of_unlisted`]. Codes that say no more than "a parameter is
//! wrong" (20001, 20422) are left to that, for the parameter may be the number; 60200 is one, too, but of
//! what Verify is given only the number comes from outside.

use super::super::Refusal;

/// What the refusals of one meaning have for codes.
type Meaning = (Refusal, &'static [u32]);

/// Every code that is known, once.
const ERRORS: &[Meaning] = &[
    // Invalid, premium, a short code, a landline, the sender itself, unreachable, not on WhatsApp.
    (
        Refusal::Number,
        &[
            13223, 13224, 13226, 21202, 21211, 21214, 21217, 21265, 21266, 21268, 21401, 21421,
            21612, 21614, 21635, 30003, 30004, 30005, 30006, 30014, 60200, 60205, 63003, 63024,
            63031, 63032, 63036,
        ],
    ),
    // Answered STOP; blocked the sender.
    (Refusal::OptedOut, &[21610, 63014, 63033]),
    // Not switched on for the account, or not served.
    (
        Refusal::Country,
        &[13227, 21203, 21215, 21408, 60220, 60605],
    ),
    // Fraud guard, pumping protection, filters of Twilio and of carriers, a number that nobody may call.
    (
        Refusal::Fraud,
        &[
            13225, 21216, 30007, 30038, 30039, 30450, 60238, 60410, 63026,
        ],
    ),
    // Of a number, of a sender, of the account: checks, sends, queues, messages of an hour or a day.
    (
        Refusal::Limit,
        &[
            10004, 14107, 14109, 21611, 22005, 30001, 30022, 30023, 30027, 30454, 60202, 60203,
            60207, 60212, 60245, 60728, 63017, 63018, 63038,
        ],
    ),
    // The user and its secret, or a token that is none.
    (
        Refusal::Credentials,
        &[
            20003, 20006, 20008, 20101, 20102, 20103, 20104, 20105, 20106, 20107, 20151, 20152,
            20153, 20154, 20155, 20156, 20157, 20159, 20160,
        ],
    ),
    // Suspended, on trial, without the right.
    (
        Refusal::Account,
        &[
            10001, 10002, 10005, 14111, 20005, 20010, 20403, 21219, 21267, 21404, 21470, 21471,
            21472, 21607, 21608, 30002, 30033, 30037, 30112, 63015, 63020, 63051, 90010,
        ],
    ),
    // A sender that is not the account's or not registered, a service without numbers, a template or a field that Twilio does not take.
    (
        Refusal::Sender,
        &[
            12100, 12200, 13214, 13247, 14101, 14102, 14103, 14108, 20011, 20012, 20404, 20410,
            20413, 20423, 20426, 21201, 21205, 21209, 21210, 21212, 21213, 21264, 21407, 21601,
            21602, 21603, 21604, 21605, 21606, 21609, 21616, 21617, 21618, 21619, 21624, 21626,
            21654, 21655, 21656, 21657, 21658, 21659, 21660, 21661, 21662, 21663, 21664, 21665,
            21666, 21667, 21668, 21701, 21702, 21703, 21704, 21705, 21708, 21709, 21711, 21713,
            21715, 21717, 21719, 21729, 21731, 21900, 21901, 21902, 21910, 30010, 30012, 30013,
            30015, 30016, 30018, 30024, 30028, 30032, 30034, 30035, 30040, 30041, 30042, 30043,
            30124, 30127, 60201, 60204, 60206, 60217, 60221, 60223, 60227, 60228, 60229, 60239,
            60240, 60241, 60242, 60243, 60244, 60247, 60363, 60408, 60409, 60428, 63001, 63002,
            63005, 63006, 63007, 63008, 63013, 63016, 63021, 63022, 63027, 63028, 63030, 63040,
            63041, 63042, 63052,
        ],
    ),
];

/// What a code means that came with this HTTP status.
pub(super) fn refusal(status: u16, code: u32) -> Refusal {
    let known = ERRORS.iter().find(|(_, codes)| codes.contains(&code));
    known.map_or(Refusal::of_unlisted(status), |(refusal, _)| *refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of every code that Twilio has published.
    #[test]
    fn every_code_of_the_dictionary_has_its_verdict() {
        let mut verdict = None;
        let mut count = 0;
        for line in include_str!("../../../tests/data/twilio-errors.txt").lines() {
            if line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[') {
                verdict = Some(match name {
                    "number]" => Refusal::Number,
                    "opted-out]" => Refusal::OptedOut,
                    "country]" => Refusal::Country,
                    "fraud]" => Refusal::Fraud,
                    "limit]" => Refusal::Limit,
                    "credentials]" => Refusal::Credentials,
                    "account]" => Refusal::Account,
                    "sender]" => Refusal::Sender,
                    "unlisted]" => Refusal::Unlisted,
                    other => panic!("{other}"),
                });
                continue;
            }
            for code in line.split(' ') {
                let code = code.parse().unwrap();
                assert_eq!(Some(refusal(400, code)), verdict, "{code}");
                count += 1;
            }
        }
        assert!(count > 2_400, "{count}");
    }

    #[test]
    fn no_code_has_two_verdicts_and_a_code_nobody_knows_is_judged_by_its_status() {
        let mut all: Vec<u32> = ERRORS
            .iter()
            .flat_map(|(_, codes)| *codes)
            .copied()
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for (status, expected) in [
            (400, Refusal::Unlisted),
            (401, Refusal::Credentials),
            (402, Refusal::Account),
            (403, Refusal::Unlisted),
            (404, Refusal::Unlisted),
            (429, Refusal::Limit),
        ] {
            assert_eq!(refusal(status, 99_999), expected, "{status}");
        }
        // What is known is judged by its code alone.
        assert_eq!(refusal(401, 21_211), Refusal::Number);
    }
}
