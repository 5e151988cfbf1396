//! Alerts: two processes look for them at once, and are killed anywhere. Nobody is told twice of one thing, and nothing is
//! lost; so it is with the digest for administrators.

use super::*;
use crate::licensed;
use twofactor::verifier::Message;

/// Users of a round, each with one thing that is unusual.
const USERS: usize = 3;
const ROUNDS: i64 = 30;
/// Seconds from one round to the next.
const ROUND: i64 = 600;
const DAY: i64 = 86_400;
/// What is found of each of them, in a digest.
const COUNTED: &str = "Second factors used from a new network: ";

fn open_licensed(store: &str) -> Verifier {
    let settings = licensed::settings();
    let settings = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("store", store), ("audit_keep_days", "30")]);
    open_with(&settings.collect::<Vec<_>>())
}

fn client_at(last: u8) -> Client {
    Client::new(IpAddr::V4(Ipv4Addr::new(192, 0, last, 2)), String::new())
}

fn reached(id: &str) -> User {
    User {
        id: UserId::new(id).unwrap(),
        email: Some(format!("{id}@example.org")),
        ..user()
    }
}

fn sign_in(verifier: &Verifier, user: &User, phone: &Totp, from: u8, seconds: i64) {
    let client = client_at(from);
    let login = verifier.begin_login(at(seconds), user, &client).unwrap();
    let code = phone.at(at(seconds));
    verifier
        .verify(at(seconds), &login.challenge, Method::Totp, &code, &client)
        .unwrap();
}

/// Somebody who has signed in from one network.
fn known(verifier: &Verifier, id: &str, seconds: i64) -> (User, Totp) {
    let user = reached(id);
    let setup = verifier
        .start_totp(at(seconds), &user, None, None, None)
        .unwrap();
    let phone = Totp::from_uri(&setup.uri).unwrap();
    let enrolled = verifier
        .confirm_totp(
            at(seconds),
            &setup.token,
            &phone.at(at(seconds)),
            &client_at(0),
        )
        .unwrap();
    let told: Vec<_> = enrolled.notices.iter().map(|it| it.id.clone()).collect();
    verifier.notices_sent(at(seconds), &told).unwrap();
    sign_in(verifier, &user, &phone, 0, seconds + 30);
    (user, phone)
}

fn alerts(verifier: &Verifier, seconds: i64, limit: u32) -> Vec<Message> {
    verifier.alerts(at(seconds), limit, None, "en").unwrap()
}

/// A mail in a word: its name, and to whom it goes or how many the digest counts.
fn word(message: &Message) -> String {
    match &message.to {
        Some(to) => format!("{}={to}", message.id),
        None => format!("{}={}", message.id, counted(message)),
    }
}

fn counted(digest: &Message) -> usize {
    let mut lines = digest.mail.text.lines();
    let line = lines.find_map(|line| line.strip_prefix(COUNTED));
    line.map_or(0, |many| many.parse().unwrap())
}

/// What a host has mailed.
#[derive(Default)]
struct Mailed {
    people: Vec<String>,
    counted: usize,
}

impl Mailed {
    /// Those words, which their host says to have sent.
    fn take(&mut self, verifier: &Verifier, words: &[String], seconds: i64) {
        let mut names = Vec::new();
        for (name, to) in words.iter().filter_map(|word| word.split_once('=')) {
            names.push(name.to_owned());
            match to.parse::<usize>() {
                Ok(many) => self.counted += many,
                Err(_) => self.people.push(to.to_owned()),
            }
        }
        verifier.notices_sent(at(seconds), &names).unwrap();
    }

    /// What is still handed out from that time on.
    fn rest(&mut self, verifier: &Verifier, mut seconds: i64) {
        loop {
            let mut messages = alerts(verifier, seconds, 50);
            messages.extend(verifier.pending_notices(at(seconds), 50).unwrap());
            if messages.is_empty() {
                return;
            }
            let words: Vec<_> = messages.iter().map(word).collect();
            self.take(verifier, &words, seconds);
            // The next digest has its turn.
            seconds += 2 * 3_600;
        }
    }
}

#[test]
fn of_eight_processes_that_look_at_once_one_tells_each_alert_and_each_is_in_one_digest() {
    const MANY: usize = 40;
    if let Ok(seconds) = env::var("RACE_TASK") {
        let seconds = seconds.parse().unwrap();
        return child(open_licensed, |verifier, _| {
            let words: Vec<_> = alerts(verifier, seconds, 3).iter().map(word).collect();
            Box::leak(words.join(",").into_boxed_str())
        });
    }
    let test = "alerts::of_eight_processes_that_look_at_once_one_tells_each_alert_and_each_is_in_one_digest";
    for (name, store, _keep) in stores("alerts") {
        let verifier = open_licensed(&store);
        licensed::license(&store, KeyRing::parse(KEYS).unwrap(), at(0));
        assert!(alerts(&verifier, 0, 50).is_empty(), "{name}");
        for n in 0..MANY {
            let (user, phone) = known(&verifier, &format!("u{n}"), 0);
            sign_in(&verifier, &user, &phone, 1, 60);
        }
        let answers = race(test, "90", &store);
        let words: Vec<_> = answers.iter().flat_map(|it| it.split(',')).collect();
        let words: Vec<_> = words.into_iter().map(str::to_owned).collect();
        let mut mailed = Mailed::default();
        mailed.take(&verifier, &words, 90);
        assert_eq!(mailed.people.len(), MANY, "{name}: at once");
        mailed.rest(&verifier, 90 + 3_601);
        let people: BTreeSet<_> = mailed.people.iter().collect();
        assert_eq!((people.len(), mailed.people.len()), (MANY, MANY), "{name}");
        assert_eq!(mailed.counted, MANY, "{name}");
    }
}

/// In a child: looks for alerts again and again, and says each time what it has mailed.
fn look_for_ever() -> bool {
    let Ok(seconds) = env::var("RACE_TASK") else {
        return false;
    };
    let seconds = seconds.parse().unwrap();
    let verifier = open_licensed(&env::var("RACE_STORE").unwrap());
    println!("\nREADY");
    std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .unwrap();
    loop {
        let words: Vec<_> = alerts(&verifier, seconds, 1).iter().map(word).collect();
        // In one piece, or not at all: what the host's mailer took before the process was killed.
        let line = format!("\nMAILED {} END\n", words.join(","));
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
}

/// What a line of a child says that it has mailed.
fn mailed_in(line: &str) -> Option<Vec<String>> {
    let said = line.strip_prefix("MAILED ")?.strip_suffix(" END")?;
    Some(said.split(',').map(str::to_owned).collect())
}

#[test]
fn two_processes_that_are_killed_anywhere_tell_each_alert_once_and_lose_none() {
    if look_for_ever() {
        return;
    }
    let test = "alerts::two_processes_that_are_killed_anywhere_tell_each_alert_once_and_lose_none";
    for (name, store, _keep) in stores("alertskill") {
        let verifier = open_licensed(&store);
        licensed::license(&store, KeyRing::parse(KEYS).unwrap(), at(0));
        assert!(alerts(&verifier, 0, 50).is_empty(), "{name}");
        let mut mailed = Mailed::default();
        let (mut killed, mut left) = (0, 0);
        for round in 0..ROUNDS {
            let seconds = round * ROUND;
            for n in 0..USERS {
                let (user, phone) = known(&verifier, &format!("{round}-{n}"), seconds);
                sign_in(&verifier, &user, &phone, 1, seconds + 60);
            }
            let task = (seconds + 90).to_string();
            let mut children = [spawn(test, &task, &store), spawn(test, &task, &store)];
            let mut outputs = children.each_mut().map(|child| {
                let mut output = BufReader::new(child.stdout.take().unwrap());
                let mut line = String::new();
                while line != "READY\n" {
                    line.clear();
                    assert_ne!(output.read_line(&mut line).unwrap(), 0, "a child died");
                }
                output
                    .lines()
                    .map_while(Result::ok)
                    .filter_map(|line| mailed_in(&line))
            });
            for child in &mut children {
                child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
            }
            // After none, one or two turns of the first, and a moment.
            let turns = usize::try_from(round % 3).unwrap();
            let mut words: Vec<_> = outputs[0].by_ref().take(turns).flatten().collect();
            thread::sleep(Duration::from_micros(round.unsigned_abs() * 379 % 3_000));
            for child in &mut children {
                child.kill().unwrap();
                killed += u32::from(child.wait().unwrap().signal() == Some(9));
            }
            words.extend(outputs.into_iter().flatten().flatten());
            mailed.take(&verifier, &words, seconds + 90);
            let told = mailed.people.len();
            // What a process had in its hands is handed out again some minutes later, what it had not looked at at once.
            let later = seconds + 90 + 301;
            let mut messages = alerts(&verifier, later, 50);
            messages.extend(verifier.pending_notices(at(later), 50).unwrap());
            let words: Vec<_> = messages.iter().map(word).collect();
            mailed.take(&verifier, &words, later);
            left += mailed.people.len() - told;
        }
        let all = USERS * usize::try_from(ROUNDS).unwrap();
        mailed.rest(&verifier, ROUNDS * ROUND + DAY);
        let people: BTreeSet<_> = mailed.people.iter().collect();
        assert_eq!((people.len(), mailed.people.len()), (all, all), "{name}");
        assert_eq!(mailed.counted, all, "{name}");
        assert!(killed >= 50, "{name}: only {killed} were killed");
        assert!(
            0 < left && left < all,
            "{name}: {left} of {all} were left over"
        );
    }
}

#[test]
fn what_happens_after_old_events_are_gone_is_told_and_what_was_told_is_not_told_again() {
    for (name, store, _keep) in stores("alertsgone") {
        let verifier = open_licensed(&store);
        let license =
            |seconds| licensed::license(&store, KeyRing::parse(KEYS).unwrap(), at(seconds));
        license(0);
        assert!(alerts(&verifier, 0, 50).is_empty(), "{name}");
        let (anna, phone) = known(&verifier, "anna", 0);
        sign_in(&verifier, &anna, &phone, 1, 60);
        let mut mailed = Mailed::default();
        mailed.rest(&verifier, 90);
        assert_eq!(mailed.people, ["anna@example.org"], "{name}");
        // All but her last event are older than is kept, and go with her next change; the cursor is behind them.
        let later = 32 * DAY;
        license(later);
        sign_in(&verifier, &anna, &phone, 1, later);
        let begins = verifier.audit_begins(&anna.id).unwrap();
        assert!(
            begins.is_some_and(|it| it >= at(later)),
            "{name}: {begins:?}"
        );
        mailed.rest(&verifier, later + 10);
        assert_eq!(mailed.people.len(), 1, "{name}: nothing is told again");
        sign_in(&verifier, &anna, &phone, 2, later + 3_600);
        mailed.rest(&verifier, later + 3_610);
        assert_eq!(mailed.people.len(), 2, "{name}");
        // The newest of all go: whoever comes after them has places of their own.
        let (bert, phone) = known(&verifier, "bert", later + 7_200);
        let operator = Operator::on_server("root");
        let told = verifier
            .forget(at(later + 7_300), &anna.id, &operator, "asked", false)
            .unwrap();
        assert!(!told.is_empty(), "{name}");
        mailed.rest(&verifier, later + 7_310);
        let before = mailed.people.len();
        sign_in(&verifier, &bert, &phone, 1, later + 7_400);
        mailed.rest(&verifier, later + 7_410);
        assert_eq!(
            mailed.people.len(),
            before + 1,
            "{name}: {:?}",
            mailed.people
        );
        assert_eq!(mailed.people.last().unwrap(), "bert@example.org", "{name}");
        assert_eq!(mailed.counted, 3, "{name}");
    }
}
