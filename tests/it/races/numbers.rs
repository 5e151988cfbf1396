//! The SMS to a number that was removed, by a process that is killed anywhere between the change and its end.

// How long it takes here, so that the rest are killed within that.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use twofactor::phone::PhoneNumber;

use super::*;

const ROUNDS: u64 = 100;
const DAY: i64 = 86_400;

/// A site whose messages are written to a file beside the list of providers.
fn open_sending(store: &str, folder: &Path) -> Verifier {
    let providers = folder.join("providers.json");
    if !providers.exists() {
        let messages = folder.join("messages");
        let list = serde_json::json!([{ "provider": "development", "file": messages }]);
        fs::write(&providers, list.to_string()).unwrap();
        fs::set_permissions(&providers, fs::Permissions::from_mode(0o600)).unwrap();
    }
    open_with(&[
        ("store", store),
        ("development", "1"),
        ("providers_file", providers.to_str().unwrap()),
    ])
}

fn messages(folder: &Path) -> Vec<serde_json::Value> {
    let lines = fs::read_to_string(folder.join("messages")).unwrap();
    let lines = lines.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// How often that number was told that it was removed.
fn told_to(folder: &Path, number: &str) -> usize {
    let messages = messages(folder);
    let told = messages.iter().filter(|it| {
        let is_removal = it["text"].as_str().unwrap().contains("was removed");
        it["to"] == number && is_removal
    });
    told.count()
}

/// In a child: removes the telephone with a proof.
fn remove_number() -> bool {
    let Ok(task) = env::var("RACE_TASK") else {
        return false;
    };
    let words: Vec<&str> = task.split(' ').collect();
    let [seconds, grant, folder] = words[..] else {
        panic!("{task}");
    };
    let verifier = open_sending(&env::var("RACE_STORE").unwrap(), Path::new(folder));
    println!("\nREADY");
    std::io::stdout().flush().unwrap();
    let now = at(seconds.parse().unwrap());
    verifier
        .remove(now, &user().id, Method::Sms, grant, None)
        .unwrap();
    println!("\nDONE");
    true
}

#[test]
fn killed_a_hundred_times_around_a_removal_each_number_is_told_at_least_once_and_four_times_at_most()
 {
    if remove_number() {
        return;
    }
    let test = "numbers::killed_a_hundred_times_around_a_removal_each_number_is_told_at_least_once_and_four_times_at_most";
    for (name, store, _keep) in stores("numbers") {
        let folder = tempfile::tempdir().unwrap();
        let verifier = open_sending(&store, folder.path());
        let phone = enrol(&verifier).phone;
        // What became of the removals: none was made, all was done, it was told later.
        let (mut unmade, mut whole, mut late) = (0, 0, 0);
        let mut takes = Duration::ZERO;
        let mut removed = 0;
        for round in 0..ROUNDS {
            let day = DAY * 3 * i64::try_from(round + 1).unwrap();
            let number = format!("+491512345{round:04}");
            let grant = |seconds| {
                let code = phone.at(at(seconds));
                proven(&verifier, seconds, Method::Totp, &code, Purpose::StepUp)
                    .unwrap()
                    .grant
            };
            let to = PhoneNumber::from_e164(&number).unwrap();
            let setup = verifier
                .start_phone(
                    at(day),
                    &user(),
                    &to,
                    Method::Sms,
                    &client(),
                    Some(&grant(day)),
                )
                .unwrap();
            let code = messages(folder.path()).pop().unwrap()["code"].clone();
            verifier
                .confirm_phone(at(day), &setup.token, code.as_str().unwrap(), &client())
                .unwrap();
            let now = day + 60;
            let task = format!("{now} {} {}", &*grant(now), folder.path().display());
            let mut child = spawn(test, &task, &store);
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            while lines.next().unwrap().unwrap() != "READY" {}
            let began = Instant::now();
            if round % 20 == 0 {
                // Not killed: how long it takes, on this machine and store, now.
                while lines.next().unwrap().unwrap() != "DONE" {}
                takes = began.elapsed();
            } else {
                let parts = u32::try_from(round % 20).unwrap();
                thread::sleep(takes * parts / 18);
            }
            child.kill().unwrap();
            child.wait().unwrap();
            let told = told_to(folder.path(), &number);
            // Once more, by somebody who lives. What a server has begun for whoever died it may still end: so what this
            // finds says whether it was done, and not a look before.
            let again = verifier.remove(at(now), &user().id, Method::Sms, &grant(now + 30), None);
            match again {
                Ok(_) => {
                    assert_eq!(told, 0, "{name}: told of what did not happen");
                    unmade += 1;
                }
                // It was done before, or between the proof and this: then the proof is over.
                Err(Error::Invalid { .. } | Error::Denied(Denied::StepUpRequired)) => {
                    if told == 0 {
                        late += 1;
                    } else {
                        whole += 1;
                    }
                }
                Err(other) => panic!("{name}: {other}"),
            }
            removed += 1;
            // Whoever looks after what is pending, for two days.
            for minutes in [0, 5, 6, 70, 440, 1_500, 2_900] {
                verifier
                    .pending_notices(at(now + 60 * minutes), 50)
                    .unwrap();
            }
            let told = told_to(folder.path(), &number);
            assert!(
                (1..=4).contains(&told),
                "{name}: {number} was told {told} times"
            );
        }
        assert_eq!(removed, ROUNDS);
        println!("{name}: {unmade} were not made, {whole} told at once, {late} later");
        assert!(whole > 0 && late > 0, "{name}: none was killed in between");
        assert!(verifier.audit_is_intact(&user().id).unwrap(), "{name}");
        // The last try of whoever died after it is given up or told: each number has one answer.
        let (mut answers, mut before) = (0, None);
        loop {
            let events = verifier.audit(Some(&user().id), 1000, before).unwrap();
            let Some(last) = events.last() else {
                break;
            };
            before = Some(last.id);
            let told = events.iter().filter(|it| it.kind.starts_with("number."));
            answers += told.count() as u64;
        }
        assert_eq!(answers, ROUNDS, "{name}");
    }
}
