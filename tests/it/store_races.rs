//! Many processes at one store: nothing is lost, nobody starves, a killed one breaks nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    missing_docs
)]

use std::time::{Duration, Instant};

use crate::stores_support::{Fixture, Worker, crowd, increment, on_both, site, user};
use twofactor::store::{Loaded, Store, Swap, Version};

on_both! {
    eight_processes_lose_no_update_and_nobody_starves,
    eight_processes_open_a_store_that_is_not_there_yet,
    one_of_eight_makes_the_first_row,
    a_killed_process_takes_back_nothing_it_acknowledged,
    a_process_killed_during_a_hold_holds_nobody_up,
}

/// The counter that the workers count with.
fn number(store: &mut dyn Store) -> u64 {
    match store.load(&site(), &user("worker")).unwrap() {
        Loaded::Row(row) => u64::from_le_bytes(row.sealed[..8].try_into().unwrap()),
        Loaded::Absent => 0,
        Loaded::Orphaned => panic!("lost"),
    }
}

/// Every change has left its event, in order.
fn events_are_complete(store: &mut dyn Store, number: u64) {
    let mut seqs = Vec::new();
    let mut before = None;
    loop {
        let page = store
            .audit(&site(), Some(&user("worker")), 1000, before)
            .unwrap();
        let Some((place, _)) = page.last() else { break };
        before = Some(*place);
        seqs.extend(page.into_iter().map(|(_, event)| event.seq));
    }
    assert_eq!(seqs, (1..=number).rev().collect::<Vec<_>>());
}

fn eight_processes_lose_no_update_and_nobody_starves(fixture: &Fixture) {
    const EACH: u32 = 250;
    let mut store = fixture.open();
    let begin = Instant::now();
    let mut longest = 0;
    for mut worker in crowd("count", fixture.url(), 8, EACH) {
        let said = worker.line().unwrap();
        let figures: Vec<u64> = said
            .split(' ')
            .map(|figure| figure.parse().unwrap())
            .collect();
        assert_eq!(figures[0], u64::from(EACH));
        longest = longest.max(figures[1]);
        worker.end();
    }
    let took = begin.elapsed();
    let rate = f64::from(8 * EACH) / took.as_secs_f64();
    println!("8 processes, one user: {rate:.0} changes a second, longest wait {longest} µs");
    assert_eq!(number(&mut *store), u64::from(8 * EACH));
    events_are_complete(&mut *store, u64::from(8 * EACH));
    // Without a queue some wait for more than a second even on an idle machine. One that is busy with
    // something else takes longer for everybody.
    let longest = Duration::from_micros(longest);
    let most = (took / 4).max(Duration::from_secs(1));
    assert!(longest < most, "somebody waited {longest:?} of {took:?}");
}

fn eight_processes_open_a_store_that_is_not_there_yet(fixture: &Fixture) {
    for worker in &mut crowd("open", fixture.url(), 8, 0) {
        assert!(
            worker
                .line()
                .is_some_and(|line| line.parse::<u64>().is_ok())
        );
    }
    let mut store = fixture.open();
    assert_eq!(number(&mut *store), 8);
    events_are_complete(&mut *store, 8);
}

fn one_of_eight_makes_the_first_row(fixture: &Fixture) {
    drop(fixture.open());
    let answers: Vec<_> = crowd("first", fixture.url(), 8, 0)
        .iter_mut()
        .map(|worker| worker.line().unwrap())
        .collect();
    assert_eq!(
        answers.iter().filter(|answer| *answer == "Done").count(),
        1,
        "{answers:?}"
    );
    assert_eq!(
        answers
            .iter()
            .filter(|answer| *answer == "Conflict")
            .count(),
        7,
        "{answers:?}"
    );
    events_are_complete(&mut *fixture.open(), 1);
}

fn a_killed_process_takes_back_nothing_it_acknowledged(fixture: &Fixture) {
    let mut kept = 0;
    for round in 0..50 {
        let mut workers = crowd("acknowledge", fixture.url(), 2, 0);
        std::thread::sleep(Duration::from_micros(500 + round * 373));
        for worker in &mut workers {
            worker.kill();
        }
        let mut acknowledged = 0;
        for worker in &mut workers {
            while let Some(line) = worker.line() {
                acknowledged = acknowledged.max(line.parse().unwrap_or(0));
            }
        }
        let mut store = fixture.open();
        let found = number(&mut *store);
        assert!(
            found >= acknowledged && found >= kept,
            "{found}, {acknowledged}, {kept}"
        );
        store.check().unwrap();
        kept = increment(&mut *store, &site(), &user("worker")).0;
    }
    assert!(kept > 50, "the workers did something");
    events_are_complete(&mut *fixture.open(), kept);
}

fn a_process_killed_during_a_hold_holds_nobody_up(fixture: &Fixture) {
    let mut store = fixture.open();
    assert_eq!(increment(&mut *store, &site(), &user("worker")).0, 1);
    let mut worker = Worker::start("hold", fixture.url(), 0);
    assert_eq!(worker.line().as_deref(), Some("ready"));
    worker.go();
    assert_eq!(worker.line().as_deref(), Some("held"));
    worker.kill();
    let begin = Instant::now();
    let Loaded::Row(row) = store.hold(&site(), &user("worker"), true).unwrap() else {
        panic!()
    };
    assert!(
        begin.elapsed() < Duration::from_secs(4),
        "{:?}",
        begin.elapsed()
    );
    let next = crate::stores_support::row(2, &row.sealed);
    let swap = store
        .swap(&site(), &user("worker"), Some(Version(1)), &next, &[])
        .unwrap();
    assert_eq!(swap, Swap::Done);
}
