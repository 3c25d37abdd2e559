//! kill -9 of phone and station, in every phase: what was seen as saved or signed for is there once, byte for byte.
//!
//! Each program says which phase it enters; the test kills it a seeded moment later, and counts in which phase the kill
//! really fell, by the last line that came out of the pipe. Recording is so fast that it has to wait for a word before
//! each phase (`--step`): the phase begins with the word, and the kill falls into it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use patrol_domain::port::Randomness as _;
use patrol_testkit::SeededRandomness;

use crate::process::{Phone, Running, Station, assert_equal, text};

/// At least this many kills.
const ROUNDS: usize = 20;

/// If chance leaves a phase out, more rounds are run, up to this.
const MOST_ROUNDS: usize = 80;

/// Kills per phase.
#[derive(Default)]
struct Hits(BTreeMap<String, usize>);

impl Hits {
    fn count(&mut self, phase: Option<&str>) {
        *self
            .0
            .entry(phase.unwrap_or("before the first").to_owned())
            .or_default() += 1;
    }

    fn enough(&self, rounds: usize, phases: &[&str]) -> bool {
        rounds >= ROUNDS && phases.iter().all(|phase| self.0.get(*phase).copied().unwrap_or(0) >= 2)
    }

    fn report(&self, who: &str, rounds: usize, phases: &[&str]) {
        eprintln!("{who}: {rounds} kills, by phase {:?}", self.0);
        assert!(
            self.enough(rounds, phases),
            "each of {phases:?} must be hit: {:?}",
            self.0
        );
    }
}

pub(crate) fn phase_of(line: &str) -> Option<&str> {
    line.strip_prefix("phase ")
        .and_then(|rest| rest.split_whitespace().next())
}

/// Between nothing and `most_us` microseconds, by seed. Short moments are spun through: a timer knows milliseconds only.
pub(crate) async fn a_moment(chance: &SeededRandomness, most_us: u64) {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    let moment = Duration::from_micros(u64::from_be_bytes(bytes) % most_us.max(1));
    if most_us >= 4_000 {
        tokio::time::sleep(moment).await;
    } else {
        let until = tokio::time::Instant::now() + moment;
        while tokio::time::Instant::now() < until {
            std::hint::spin_loop();
        }
    }
}

/// Reads lines until `wanted` begins, waits a moment, kills; gives all lines, and the phase in which the kill fell.
async fn kill_in(
    running: &mut Running,
    wanted: &str,
    chance: &SeededRandomness,
    most_us: u64,
) -> (Vec<String>, Option<String>) {
    let mut lines = Vec::new();
    while let Some(line) = running.line().await {
        let phase = phase_of(&line).map(str::to_owned);
        lines.push(line);
        if phase.is_some() {
            running.go().await;
        }
        if phase.as_deref() == Some(wanted) {
            a_moment(chance, most_us).await;
            break;
        }
    }
    lines.extend(running.kill().await);
    let phase = lines.iter().rev().find_map(|line| phase_of(line)).map(str::to_owned);
    (lines, phase)
}

/// Kills of a recording phone.
const RECORDING_ROUNDS: usize = 200;

/// Lines of one round as the phone's promises: what it called saved or done must be there after any kill.
#[derive(Default)]
pub(crate) struct Promises {
    /// Case → number of photos when it was saved.
    saved: BTreeMap<String, usize>,
    /// Case and kind of an op, as often as it was called done.
    done: BTreeMap<(String, &'static str), usize>,
}

impl Promises {
    pub(crate) fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["saved", case, _number, photos, ..] => {
                self.saved.insert((*case).to_owned(), photos.parse().unwrap());
            }
            ["done", act, case] => {
                let kind = match *act {
                    "step" => "step_taken",
                    "add" => "photo_added",
                    "amend" => "case_amended",
                    "void" => "case_voided",
                    other => panic!("an act that nobody knows: {other}"),
                };
                *self.done.entry(((*case).to_owned(), kind)).or_default() += 1;
            }
            _ => {}
        }
    }

    /// Every case once, with its photos; every act as often as it was called done, and at most one more.
    pub(crate) async fn check(&self, phone: &Phone, round: usize) {
        let history = phone.history().await;
        let mut kinds: BTreeMap<(String, &str), usize> = BTreeMap::new();
        let mut ops = BTreeSet::new();
        for line in history.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            assert!(ops.insert(words[1]), "round {round}: op {} stands twice", words[1]);
            *kinds.entry((words[0].to_owned(), words[2])).or_default() += 1;
        }
        for case in self.saved.keys() {
            let opened = kinds.get(&(case.clone(), "case_opened")).copied();
            assert_eq!(opened, Some(1), "round {round}: case {case} is there once");
        }
        for (act, times) in &self.done {
            let found = kinds.get(act).copied().unwrap_or(0);
            assert!(found == *times, "round {round}: {act:?} {times} times, found {found}");
        }
        // What was durable when the kill fell and was not told: at most one op a round.
        let told = self.saved.len() + self.done.values().sum::<usize>();
        assert!(
            ops.len() >= told && ops.len() <= told + round,
            "round {round}: {} ops, {told} told",
            ops.len()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_killed_while_recording_keeps_everything_that_it_called_saved_or_done() {
    let phases = [
        "target", "camera", "photo", "draft", "save", "step", "add", "amend", "void",
    ];
    let chance = SeededRandomness::new(20_261_123);
    let mut phone = Phone::new();
    let mut hits = Hits::default();
    let mut promises = Promises::default();
    for round in 1..=RECORDING_ROUNDS {
        let wanted = phases[round % phases.len()];
        let cases = [(1600, 1200), (800, 600), (640, 480), (320, 240)];
        let cases: Vec<_> = cases
            .map(|(width, height)| vec![phone.picture(width, height)])
            .into_iter()
            .collect();
        phone.script(&cases);
        let args = [
            "record",
            "--data",
            phone.data(),
            "--photos",
            text(&phone.scenes),
            "--cases",
            "4",
            "--acts",
            "--camera",
            "--step",
        ];
        let mut running = Running::start("patrol-headless", &args);
        let most_us = if matches!(wanted, "photo" | "add") { 20_000 } else { 600 };
        let (lines, phase) = kill_in(&mut running, wanted, &chance, most_us).await;
        hits.count(phase.as_deref());
        lines.iter().for_each(|line| promises.hear(line));
        if round % 10 == 0 {
            promises.check(&phone, round).await;
            phone.recover().await;
            // Chain, words, originals and views, recomputed.
            phone.verify().await;
        }
    }
    let (status, history) = (phone.status().await, phone.history().await);
    for case in status["cases"].as_array().unwrap() {
        let id = case["case_id"].as_str().unwrap();
        if let Some(photos) = promises.saved.get(id) {
            let is_added = |line: &&str| line.starts_with(id) && line.contains(" photo_added ");
            let added = history.lines().filter(is_added).count();
            assert_eq!(case["photos"].as_array().unwrap().len(), photos + added, "case {id}");
        }
    }
    hits.report("phone while recording", RECORDING_ROUNDS, &phases);

    let station = Station::serving().await;
    phone.enrol(&station.code().await).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;
}

/// One more case with three originals, and the program that brings them to the station.
async fn begin_sync(phone: &mut Phone) -> Running {
    let pictures = vec![
        phone.picture(2400, 1800),
        phone.picture(1600, 1200),
        phone.picture(1600, 1200),
    ];
    phone.record(&[pictures]).await;
    Running::start("patrol-headless", &["sync", "--data", phone.data()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_killed_while_syncing_sends_everything_once() {
    let phases = ["ops", "thumbnails", "originals"];
    let chance = SeededRandomness::new(7);
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let mut hits = Hits::default();
    let mut rounds = 0;
    while !hits.enough(rounds, &phases) && rounds < MOST_ROUNDS {
        let wanted = phases[rounds % phases.len()];
        let mut running = begin_sync(&mut phone).await;
        let most_us = if wanted == "originals" { 40_000 } else { 4_000 };
        let (_, phase) = kill_in(&mut running, wanted, &chance, most_us).await;
        hits.count(phase.as_deref());
        rounds += 1;
        // Whatever the phone believes to be at the station is there.
        let believed = phone.status().await["sync"]["at_station"]["photos"].as_u64().unwrap();
        let log = phone.digest().await.split_whitespace().nth(1).unwrap().to_owned();
        let held = station
            .digest_so_far(&log)
            .await
            .lines()
            .filter(|line| line.starts_with("photo "))
            .count();
        assert!(
            believed <= held as u64,
            "round {rounds}: {believed} signed for, {held} there"
        );
    }
    phone.sync().await;
    assert_equal(&phone, &station).await;
    hits.report("phone while syncing", rounds, &phases);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_killed_while_phones_sync_loses_nothing_that_it_signed_for() {
    let phases = ["ops", "thumbnails", "originals"];
    let chance = SeededRandomness::new(99);
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let mut hits = Hits::default();
    let mut rounds = 0;
    while !hits.enough(rounds, &phases) && rounds < MOST_ROUNDS {
        let wanted = phases[rounds % phases.len()];
        let mut running = begin_sync(&mut phone).await;
        let mut phase = None;
        while let Some(line) = running.line().await {
            phase = phase_of(&line).map(str::to_owned).or(phase);
            if phase_of(&line) == Some(wanted) {
                break;
            }
        }
        a_moment(&chance, if wanted == "originals" { 40_000 } else { 4_000 }).await;
        station.kill().await;
        hits.count(phase.as_deref());
        rounds += 1;
        station.start().await;
        // The same phone process goes on by itself.
        while running.line().await.is_some() {}
        assert!(running.child.wait().await.unwrap().success());
        assert_equal(&phone, &station).await;
    }
    hits.report("station", rounds, &phases);
}
