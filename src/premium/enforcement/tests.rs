use proptest::prelude::*;

use super::policy::{Named, Rule, Whom};
use super::*;
use crate::clock::UnixTime;
use crate::types::{Method, Strength};

const DAY: u64 = 86_400;
const ROLES: [&str; 2] = ["admin", "editor"];
const GROUPS: [&str; 2] = ["staff", "guests"];
const USERS: [&str; 3] = ["7", "8", "9"];

fn at(seconds: u64) -> UnixTime {
    UnixTime::START.plus(1_800_000_000 + seconds)
}

fn read(text: &str) -> Policy {
    read::policy(text).unwrap()
}

fn refused(text: &str) -> String {
    read::policy(text).unwrap_err().to_string()
}

fn somebody<'a>(user: &'a str, roles: &'a [String], groups: &'a [String]) -> Subject<'a> {
    Subject {
        user,
        roles: Some(roles),
        groups: Some(groups),
    }
}

fn plain(user: &str) -> Subject<'_> {
    somebody(user, &[], &[])
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What is stricter is never weaker in any part.
fn is_no_weaker(strict: &Verdict, than: &Verdict) -> bool {
    let is_no_later = |a: Option<UnixTime>, b: Option<UnixTime>| match (a, b) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a <= b,
    };
    strict.sign_in >= than.sign_in
        && strict.step_up >= than.step_up
        && is_no_later(strict.due, than.due)
        && (strict.is_encouraged || !than.is_encouraged)
        && than.dues.iter().all(|(strength, due)| {
            let same = strict.dues.iter().find(|(other, _)| other == strength);
            same.is_some_and(|(_, other)| other <= due)
        })
}

#[test]
fn a_rule_is_read_as_it_is_written() {
    let policy = read(
        r#"{"rules": [
            {"for": {"roles": ["admin"], "users": ["8"]}, "except": {"users": ["7"]},
             "level": "required", "grace_days": 14, "sign_in": "any", "step_up": "no-restricted"},
            {"for": "all", "level": "encourage", "again_days": 30, "sign_in": "no-restricted"},
            {"for": "all", "level": "off", "grace_days": 3},
            {"for": {"groups": ["staff"]}, "level": "required-now"}]}"#,
    );
    let levels: Vec<_> = policy.rules.iter().map(|rule| rule.level).collect();
    assert_eq!(
        levels,
        [
            Level::Required { grace_days: 14 },
            Level::Encourage { again_days: 30 },
            Level::Off,
            Level::Required { grace_days: 0 }
        ]
    );
    let strengths: Vec<_> = policy
        .rules
        .iter()
        .map(|it| (it.sign_in, it.step_up))
        .collect();
    let (any, strong) = (Strength::Any, Strength::NoRestricted);
    assert_eq!(
        strengths,
        [(any, strong), (strong, strong), (any, any), (any, any)],
        "a step-up asks for what a sign-in does, where it does not say more"
    );
    assert!(policy.asks_for_standing());
    assert_eq!(policy.strongest(), Some(strong));
    let nobody = read(r#"{"rules": []}"#);
    assert!(!nobody.asks_for_standing() && nobody.strongest().is_none());
}

#[test]
fn what_is_wrong_is_told_with_its_path() {
    for (text, told) in [
        (
            "",
            "the policy must be JSON in which no name is there twice: see line 1, column 0",
        ),
        (
            "{\"rules\": [],\n \"rules\": []}",
            "the policy must be JSON in which no name is there twice: see line 2, column 13",
        ),
        ("[]", "the policy must be an object"),
        ("{}", "rules must be a list"),
        (r#"{"rules": {}}"#, "rules must be a list"),
        (
            r#"{"rules": [], "x": 1}"#,
            "the policy has \"x\", and may have rules",
        ),
        (r#"{"rules": [1]}"#, "rules[0] must be an object"),
        (
            r#"{"rules": [{"for": "all", "level": "off", "exept": {}}]}"#,
            "rules[0] has \"exept\", and may have for, except, level, grace_days, again_days, sign_in, step_up",
        ),
        (
            r#"{"rules": [{"level": "off"}]}"#,
            "rules[0].for must be \"all\" or an object with roles, groups or users",
        ),
        (
            r#"{"rules": [{"for": {}, "level": "off"}]}"#,
            "rules[0].for names nobody",
        ),
        (
            r#"{"rules": [{"for": {"roles": []}, "level": "off"}]}"#,
            "rules[0].for names nobody",
        ),
        (
            r#"{"rules": [{"for": {"roles": "admin"}, "level": "off"}]}"#,
            "rules[0].for.roles must be a list of 1000 names at most",
        ),
        (
            r#"{"rules": [{"for": {"roles": ["a", 7]}, "level": "off"}]}"#,
            "rules[0].for.roles[1] must be a text",
        ),
        (
            r#"{"rules": [{"for": {"users": ["7", "7"]}, "level": "off"}]}"#,
            "rules[0].for.users[1] is there twice",
        ),
        (
            r#"{"rules": [{"for": "all", "except": {"groups": [""]}, "level": "off"}]}"#,
            "rules[0].except.groups[0] must have 1 to 255 bytes and no control character",
        ),
        (
            r#"{"rules": [{"for": "all"}]}"#,
            "rules[0].level must be \"off\", \"encourage\", \"required\" or \"required-now\"",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "off"}, {"for": "all", "level": "required"}]}"#,
            "rules[1].grace_days must be a number of days from 1 to 366",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "required", "grace_days": 367}]}"#,
            "rules[0].grace_days must be a number of days from 1 to 366",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "required", "grace_days": 1.5}]}"#,
            "rules[0].grace_days must be a number of days from 1 to 366",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "required-now", "grace_days": 3}]}"#,
            "rules[0].grace_days means nothing at that level",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "encourage", "again_days": 0}]}"#,
            "rules[0].again_days must be a number of days from 1 to 366",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "off", "sign_in": "strong"}]}"#,
            "rules[0].sign_in must be \"any\" or \"no-restricted\"",
        ),
        (
            r#"{"rules": [{"for": "all", "level": "off", "step_up": "phishing-resistant"}]}"#,
            "rules[0].step_up cannot be \"phishing-resistant\" yet: that takes passkeys, which this version does not have",
        ),
    ] {
        assert_eq!(refused(text), told, "{text}");
    }
    let long = format!(r#"{{"rules": []{}}}"#, " ".repeat(MOST_BYTES));
    assert_eq!(refused(&long), "the policy is longer than 32768 bytes");
    let rule = r#"{"for": "all", "level": "off"}"#;
    let many = format!(r#"{{"rules": [{}]}}"#, [rule; 101].join(","));
    assert_eq!(refused(&many), "rules must be 100 at most");
}

#[test]
fn a_time_of_grace_is_counted_from_first_sight_and_never_begins_again() {
    let grace = |days: u32| {
        read(&format!(
            r#"{{"rules": [{{"for": "all", "level": "required", "grace_days": {days}}}]}}"#
        ))
    };
    let user = plain("7");
    let first = grace(14).of(&user).decide(&[], &[], None, at(0));
    let due = at(14 * DAY);
    assert_eq!((first.sign_in, first.due), (None, Some(due)));
    assert_eq!(first.dues, [(Strength::Any, due)]);
    for (days, later, is_due) in [
        (14, 13 * DAY, false),
        (300, 14 * DAY - 1, false),
        (300, 14 * DAY, true),
    ] {
        let verdict = grace(days)
            .of(&user)
            .decide(&[], &first.dues, None, at(later));
        assert_eq!(verdict.due, Some(due), "a longer one moves nothing");
        assert_eq!(verdict.sign_in.is_some(), is_due);
    }
    let shorter = grace(2).of(&user).decide(&[], &first.dues, None, at(DAY));
    assert_eq!(shorter.due, Some(at(3 * DAY)));
    // Whoever has a factor is asked for it, and told of no day.
    let enrolled = grace(14)
        .of(&user)
        .decide(&[Method::Sms], &first.dues, None, at(20 * DAY));
    assert_eq!(
        (enrolled.sign_in, enrolled.due),
        (Some(Strength::Any), None)
    );
    // Backup codes alone are none.
    let codes = grace(14)
        .of(&user)
        .decide(&[Method::BackupCode], &first.dues, None, at(20 * DAY));
    assert_eq!(codes.due, Some(due));
}

#[test]
fn a_day_that_was_given_for_a_stronger_factor_holds_for_a_weaker_one() {
    let rule = |strength: &str, days: u32| {
        read(&format!(
            r#"{{"rules": [{{"for": "all", "level": "required", "grace_days": {days}, "sign_in": "{strength}"}}]}}"#
        ))
    };
    let user = plain("7");
    let strong = rule("no-restricted", 10)
        .of(&user)
        .decide(&[], &[], None, at(0));
    let weaker = rule("any", 90)
        .of(&user)
        .decide(&[], &strong.dues, None, at(9 * DAY));
    assert_eq!(weaker.due, Some(at(10 * DAY)));
    // The other way round more is asked: it has a time of its own.
    let weak = rule("any", 10)
        .of(&user)
        .decide(&[Method::Sms], &[], None, at(0));
    let stronger =
        rule("no-restricted", 20)
            .of(&user)
            .decide(&[Method::Sms], &weak.dues, None, at(15 * DAY));
    assert_eq!((stronger.sign_in, stronger.due), (None, Some(at(35 * DAY))));
}

#[test]
fn whoever_has_a_restricted_method_alone_is_asked_for_more_where_a_rule_says_so() {
    let policy = read(
        r#"{"rules": [{"for": "all", "level": "required-now", "sign_in": "any", "step_up": "no-restricted"}]}"#,
    );
    for (methods, due) in [
        (
            &[Method::Sms, Method::Email, Method::Voice, Method::WhatsApp][..],
            None,
        ),
        (&[Method::Totp], None),
        (&[], Some(at(0))),
    ] {
        let verdict = policy.of(&plain("7")).decide(methods, &[], None, at(0));
        assert_eq!(verdict.sign_in, Some(Strength::Any));
        assert_eq!(verdict.step_up, Some(Strength::NoRestricted));
        assert_eq!(verdict.due, due);
    }
}

#[test]
fn a_suggestion_that_was_put_off_comes_again_after_its_days() {
    let policy = read(r#"{"rules": [{"for": "all", "level": "encourage", "again_days": 30}]}"#);
    let shown = |methods: &[Method], put_off: Option<UnixTime>, now: u64| {
        policy
            .of(&plain("7"))
            .decide(methods, &[], put_off, at(now))
            .is_encouraged
    };
    assert!(shown(&[], None, 0));
    assert!(
        !shown(&[Method::Totp], None, 0),
        "there is nothing to suggest"
    );
    assert!(!shown(&[], Some(at(0)), 30 * DAY - 1));
    assert!(shown(&[], Some(at(0)), 30 * DAY));
    let verdict = policy.of(&plain("7")).decide(&[], &[], None, at(0));
    assert!(verdict.dues.is_empty() && verdict.due.is_none() && verdict.sign_in.is_none());
}

#[test]
fn of_whom_nobody_knows_what_they_are_every_rule_is_and_no_exclusion_by_role() {
    let policy = read(
        r#"{"rules": [{"for": {"roles": ["admin"]}, "except": {"groups": ["guests"], "users": ["8"]},
            "level": "required-now"}]}"#,
    );
    let asked = |user: &str, standing: Option<(&[String], &[String])>| {
        let subject = Subject {
            user,
            roles: standing.map(|it| it.0),
            groups: standing.map(|it| it.1),
        };
        policy
            .of(&subject)
            .decide(&[], &[], None, at(0))
            .sign_in
            .is_some()
    };
    assert!(asked("7", None));
    assert!(!asked("8", None), "an exclusion by name is known");
    let (admin, guests) = (strings(&["admin"]), strings(&["guests"]));
    assert!(!asked("7", Some((&[], &[]))));
    assert!(asked("7", Some((&admin, &[]))));
    assert!(!asked("7", Some((&admin, &guests))));
}

fn some(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(names, 0..=names.len()).prop_map(|names| strings(&names))
}

fn named() -> impl Strategy<Value = Named> {
    (some(&ROLES), some(&GROUPS), some(&USERS)).prop_map(|(roles, groups, users)| Named {
        roles,
        groups,
        users,
    })
}

fn strength() -> impl Strategy<Value = Strength> {
    prop::sample::select(Strength::ALL)
}

fn rule() -> impl Strategy<Value = Rule> {
    let whom = prop_oneof![Just(Whom::All), named().prop_map(Whom::Named)];
    let level = prop_oneof![
        Just(Level::Off),
        (1..4_u32).prop_map(|again_days| Level::Encourage { again_days }),
        (0..4_u32).prop_map(|grace_days| Level::Required { grace_days }),
    ];
    (whom, named(), level, strength(), strength()).prop_map(
        |(whom, but, level, sign_in, step_up)| Rule {
            whom,
            but,
            level,
            sign_in,
            step_up,
        },
    )
}

#[derive(Debug, Clone)]
struct Case {
    user: String,
    roles: Option<Vec<String>>,
    groups: Option<Vec<String>>,
    enrolled: Vec<Method>,
    kept: Vec<(Strength, UnixTime)>,
    put_off: Option<UnixTime>,
    now: UnixTime,
}

impl Case {
    fn subject(&self) -> Subject<'_> {
        Subject {
            user: &self.user,
            roles: self.roles.as_deref(),
            groups: self.groups.as_deref(),
        }
    }

    fn decide(&self, rules: &[Rule]) -> Verdict {
        let policy = Policy {
            rules: rules.to_vec(),
        };
        policy
            .of(&self.subject())
            .decide(&self.enrolled, &self.kept, self.put_off, self.now)
    }
}

fn case() -> impl Strategy<Value = Case> {
    let day = || (0..8_u64).prop_map(|days| at(days * DAY));
    let methods = prop::sample::subsequence(Method::ALL, 0..=2);
    let kept = prop::sample::subsequence(Strength::ALL, 0..=2);
    (
        prop::sample::select(&USERS[..]),
        prop::option::of(some(&ROLES)),
        prop::option::of(some(&GROUPS)),
        methods,
        kept,
        (day(), day()),
        prop::option::of(day()),
        day(),
    )
        .prop_map(
            |(user, roles, groups, enrolled, kept, dues, put_off, now)| Case {
                user: user.to_owned(),
                roles,
                groups,
                enrolled,
                kept: kept.into_iter().zip([dues.0, dues.1]).collect(),
                put_off,
                now,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_rule_more_never_weakens_anything(rules in prop::collection::vec(rule(), 0..5), more in rule(), case in case()) {
        let before = case.decide(&rules);
        let with = [rules, vec![more]].concat();
        prop_assert!(is_no_weaker(&case.decide(&with), &before));
    }

    #[test]
    fn the_order_of_rules_is_no_matter(rules in prop::collection::vec(rule(), 0..5), case in case()) {
        let mut turned = rules.clone();
        turned.reverse();
        prop_assert_eq!(case.decide(&turned), case.decide(&rules));
    }

    /// Whoever a rule excludes is judged as if it were not there, and whoever it does not is judged as if it excluded nobody.
    #[test]
    fn an_exclusion_is_one_of_its_own_rule_and_of_nothing_else(
        rules in prop::collection::vec(rule(), 0..4), mut one in rule(), case in case(),
    ) {
        let with = case.decide(&[rules.clone(), vec![one.clone()]].concat());
        let has = |names: &[String], of: &Option<Vec<String>>| {
            of.as_ref().is_some_and(|of| names.iter().any(|it| of.contains(it)))
        };
        let is_excluded = one.but.users.contains(&case.user)
            || has(&one.but.roles, &case.roles)
            || has(&one.but.groups, &case.groups);
        one.but = Named::default();
        let expected = if is_excluded { case.decide(&rules) } else { case.decide(&[rules, vec![one]].concat()) };
        prop_assert_eq!(with, expected);
    }

    /// Whatever becomes of policy, roles and factors: a day that was given is kept or moves to an earlier one, and once
    /// it has come nothing that asks for that strength, or a weaker one, gives time again.
    #[test]
    fn no_grace_is_longer_than_the_first(
        steps in prop::collection::vec((prop::collection::vec(rule(), 0..4), case()), 1..6),
    ) {
        let mut kept: Vec<(Strength, UnixTime)> = Vec::new();
        for (rules, case) in steps {
            let case = Case { kept: kept.clone(), ..case };
            let verdict = case.decide(&rules);
            for (strength, due) in &verdict.dues {
                let given = kept.iter().filter(|(of, _)| of >= strength).map(|(_, due)| *due).min();
                prop_assert!(given.is_none_or(|given| *due <= given));
                match kept.iter_mut().find(|(of, _)| of == strength) {
                    Some((_, before)) => *before = (*before).min(*due),
                    None => kept.push((*strength, *due)),
                }
            }
            // Judged again at the same moment nothing changes.
            let again = Case { kept: kept.clone(), ..case.clone() }.decide(&rules);
            prop_assert_eq!(again, verdict);
        }
    }

    /// Each by itself: a host that knows only one of the two says nothing of the other.
    #[test]
    fn of_whom_less_is_known_no_less_is_asked(rules in prop::collection::vec(rule(), 0..4), case in case()) {
        let known = case.decide(&rules);
        let without_roles = Case { roles: None, ..case.clone() }.decide(&rules);
        let without_groups = Case { groups: None, ..case.clone() }.decide(&rules);
        let without_both = Case { roles: None, groups: None, ..case }.decide(&rules);
        for less in [&without_roles, &without_groups] {
            prop_assert!(is_no_weaker(less, &known));
            prop_assert!(is_no_weaker(&without_both, less));
        }
    }

    /// What is asked by now is what some rule asks of this user, and it has come.
    #[test]
    fn nothing_is_asked_that_no_rule_asks_for(rules in prop::collection::vec(rule(), 0..4), case in case()) {
        let verdict = case.decide(&rules);
        let policy = Policy { rules };
        let subject = case.subject();
        let (sign_in, step_up) = policy.of(&subject).full();
        prop_assert!(verdict.sign_in <= sign_in && verdict.step_up <= step_up);
        prop_assert!(verdict.dues.iter().all(|(strength, _)| Some(*strength) <= sign_in.max(step_up)));
        if let Some(asked) = verdict.sign_in {
            prop_assert!(verdict.dues.iter().any(|(strength, due)| *strength == asked && *due <= case.now));
        }
    }
}
