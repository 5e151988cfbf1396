//! Trusted devices: many processes, one token.

use super::*;
use crate::licensed;

/// What the owner's browser and another one call themselves, from where they are.
fn browsers(token: &str) -> [Client; 2] {
    [
        (Ipv4Addr::new(192, 0, 2, 7), "Firefox/143.0"),
        (Ipv4Addr::new(198, 51, 100, 9), "curl/8.5.0"),
    ]
    .map(|(address, agent)| Client::new(IpAddr::V4(address), agent).showing(token.as_bytes()))
}

fn open_licensed(store: &str) -> Verifier {
    let settings = licensed::settings();
    let settings = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("store", store)]);
    open_with(&settings.collect::<Vec<_>>())
}

/// A device of the owner's browser, in a store that has a licence: its token.
fn device(verifier: &Verifier, store: &str, phone: &Totp) -> String {
    let ring = KeyRing::parse(KEYS).unwrap();
    licensed::license(store, ring, at(0));
    let [owner, _] = browsers("");
    let login = verifier.begin_login(at(30), &user(), &owner).unwrap();
    let code = phone.at(at(30));
    let verified = verifier
        .verify_and_trust(at(30), &login.challenge, Method::Totp, &code, &owner)
        .unwrap();
    verified.device_token.unwrap().to_string()
}

/// Signs in with that token; in words, and the next token.
fn shown(verifier: &Verifier, client: &Client, seconds: i64) -> (&'static str, Option<String>) {
    match verifier.begin_login(at(seconds), &user(), client) {
        Ok(login) => match login.device_token {
            Some(token) => ("signed in", Some(token.to_string())),
            None if login.ended_device.is_some() => ("reused", None),
            None => ("asked", None),
        },
        Err(Error::Denied(Denied::Throttled { .. })) => ("too many challenges", None),
        Err(error) => (told::<()>(Err(error)), None),
    }
}

fn noted(verifier: &Verifier, kind: &str) -> usize {
    let events = verifier.audit(Some(&user().id), 1000, None).unwrap();
    events.iter().filter(|event| event.kind == kind).count()
}

#[test]
fn eight_processes_with_one_device_token_rotate_it_once_and_are_all_given_the_next_one() {
    if let Ok(token) = env::var("RACE_TASK") {
        return child(open_licensed, |verifier, _| {
            let [owner, _] = browsers(&token);
            match shown(verifier, &owner, 60) {
                (_, Some(next)) => Box::leak(next.into_boxed_str()),
                (word, None) => word,
            }
        });
    }
    let test = "devices::eight_processes_with_one_device_token_rotate_it_once_and_are_all_given_the_next_one";
    for (name, store, _keep) in stores("device") {
        let verifier = open_licensed(&store);
        let account = enrol(&verifier);
        let token = device(&verifier, &store, &account.phone);
        let answers = race(test, &token, &store);
        let next: BTreeSet<_> = answers.iter().collect();
        assert!(next.iter().all(|it| it.len() > 100), "{name}: {next:?}");
        assert_eq!(noted(&verifier, "device.reused"), 0, "{name}");
        // They are sealed one by one, and are one token: the current one, whichever the browser keeps.
        let mut next = next.into_iter();
        let (first, second) = (next.next().unwrap(), next.next().unwrap());
        let [owner, _] = browsers(first);
        assert_eq!(shown(&verifier, &owner, 100).0, "signed in", "{name}");
        let [owner, _] = browsers(second);
        assert_eq!(shown(&verifier, &owner, 120).0, "signed in", "{name}");
        assert_eq!(shown(&verifier, &owner, 130).0, "reused", "{name}");
    }
}

#[test]
fn of_two_browsers_that_show_one_device_token_at_once_one_is_signed_in_and_the_other_asked() {
    if let Ok(token) = env::var("RACE_TASK") {
        return child(open_licensed, |verifier, n| {
            let [owner, thief] = browsers(&token);
            let (word, from) = if n % 2 == 0 {
                (shown(verifier, &owner, 60).0, "owner")
            } else {
                (shown(verifier, &thief, 60).0, "thief")
            };
            match word {
                "signed in" => from,
                word => word,
            }
        });
    }
    let test = "devices::of_two_browsers_that_show_one_device_token_at_once_one_is_signed_in_and_the_other_asked";
    for (name, store, _keep) in stores("browsers") {
        let verifier = open_licensed(&store);
        let account = enrol(&verifier);
        let token = device(&verifier, &store, &account.phone);
        let answers = race(test, &token, &store);
        let (owner, thief) = (count(&answers, "owner"), count(&answers, "thief"));
        assert_eq!(owner + thief, answers.len() / 2, "{name}");
        assert!(owner == 0 || thief == 0, "{name}: both");
        assert_eq!(count(&answers, "reused"), 0, "{name}");
        // Whoever was slower has an earlier token a moment later.
        let clients = browsers(&token);
        let slower = &clients[usize::from(owner > 0)];
        assert_eq!(shown(&verifier, slower, 120).0, "reused", "{name}");
        assert_eq!(noted(&verifier, "device.reused"), 1, "{name}");
    }
}

/// In a child: signs in by a device again and again, a minute apart, and says each time what it was given.
fn sign_in_by_device_for_ever() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let (seconds, token) = task.split_once(' ').unwrap();
    let (mut seconds, mut token): (i64, _) = (seconds.parse().unwrap(), token.to_owned());
    let verifier = open_licensed(&env::var("RACE_STORE").unwrap());
    loop {
        let [owner, _] = browsers(&token);
        match shown(&verifier, &owner, seconds) {
            (_, Some(next)) => token = next,
            (word, None) => panic!("{word} at {seconds}"),
        }
        println!("\nNEXT {seconds} {token}");
        std::io::stdout().flush().unwrap();
        seconds += 60;
    }
}

#[test]
fn killed_a_hundred_times_in_the_middle_a_device_goes_on_and_is_never_taken_for_stolen() {
    if sign_in_by_device_for_ever() {
        return;
    }
    let test = "devices::killed_a_hundred_times_in_the_middle_a_device_goes_on_and_is_never_taken_for_stolen";
    for (name, store, _keep) in stores("devicekill") {
        let verifier = open_licensed(&store);
        let account = enrol(&verifier);
        let mut token = device(&verifier, &store, &account.phone);
        let (mut seconds, mut killed) = (60, 0);
        for round in 0..100u64 {
            let mut child = spawn(test, &format!("{seconds} {token}"), &store);
            let mut lines = BufReader::new(child.stdout.take().unwrap())
                .lines()
                .map_while(Result::ok)
                .filter(|line| line.starts_with("NEXT "));
            let mut seen: Vec<String> = lines.by_ref().take(1).collect();
            thread::sleep(Duration::from_micros(round * 37 % 2_000));
            child.kill().unwrap();
            killed += u32::from(child.wait().unwrap().signal() == Some(9));
            seen.extend(lines);
            let last: Vec<&str> = seen.last().unwrap().split(' ').collect();
            let [_, at_last, next] = last[..] else {
                panic!("{name}: {last:?}");
            };
            // It was killed over the sign-in after that: the browser shows once more what it has.
            token = next.to_owned();
            seconds = at_last.parse::<i64>().unwrap() + 60;
            let [owner, _] = browsers(&token);
            let (word, next) = shown(&verifier, &owner, seconds + 10);
            assert_eq!(word, "signed in", "{name} in round {round}");
            token = next.unwrap();
            seconds += 70;
        }
        assert!(killed >= 90, "{name}: only {killed} were killed");
        assert_eq!(noted(&verifier, "device.reused"), 0, "{name}");
    }
}
