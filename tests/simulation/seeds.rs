//! Running seeds: those of the test, or those that `cargo xtask simulate` asks for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use patrol_domain::Sha256Hash;
use patrol_testkit::Weakness;

use crate::recount::Met;
use crate::trace::Trace;
use crate::world::{self, Wish};

/// How many seeds the test runs.
const SEEDS: u64 = 200;

/// How a seed ended: the hash of what happened, and what was broken.
struct Outcome {
    hash: Sha256Hash,
    met: Met,
    broken: Option<String>,
}

fn run(seed: u64, wish: Wish) -> Outcome {
    let trace = Mutex::new(Trace::new());
    let ended = catch_unwind(AssertUnwindSafe(|| world::run(seed, wish, &trace)));
    let trace = trace.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (met, broken) = match ended {
        Ok(Ok(met)) => (met, None),
        Ok(Err(broken)) => (Met::default(), Some(broken)),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            (Met::default(), Some(format!("a panic: {}", said.unwrap_or_default())))
        }
    };
    let hash = trace.hash();
    let broken = broken.map(|broken| {
        let tail = trace.tail();
        format!("{tail}\nseed {seed}: {broken}\nreplay it with: cargo xtask simulate --seed {seed}\n")
    });
    Outcome { hash, met, broken }
}

fn number_in(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Runs seeds on all cores; what they met, and the text of every one that failed.
fn run_all(seeds: std::ops::Range<u64>) -> (Met, Vec<String>) {
    let next = AtomicU64::new(seeds.start);
    let found = Mutex::new((Met::default(), Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let Outcome { hash: _, met, broken } = run(seed, Wish::default());
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    found.0 = found.0.join(met);
                    if let Some(text) = broken {
                        println!("{text}");
                        found.1.push(text);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_seed_keeps_every_promise() {
    let seeds = match number_in("XUNGE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..1 + number_in("XUNGE_SEEDS").unwrap_or(SEEDS),
    };
    let count = seeds.end - seeds.start;
    let began = tokio::time::Instant::now();
    let (met, broken) = run_all(seeds);
    let broke = broken.len();
    println!(
        "{count} seeds in {:?}, {broke} broke a promise, met {met:?}",
        began.elapsed()
    );
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let is_rich = met.rollbacks > 0 && met.forks > 0 && met.adopted > 0 && met.readmitted > 0;
    let is_rich = is_rich && met.retired > 0 && met.lost > 0;
    assert!(count < 20 || is_rich, "the faults make nothing happen: {met:?}");
}

#[test]
fn a_seed_replays_exactly_and_another_is_another_run() {
    let hash = |seed| run(seed, Wish::default()).hash;
    assert_eq!(hash(7), hash(7));
    assert_eq!(hash(8), hash(8));
    assert_ne!(hash(7), hash(8));
}

/// The same runs with a station that breaks one rule: some have to fail, or they prove nothing.
fn has_to_break(weakness: Weakness, how: &str) {
    let weakness = Some(weakness);
    let wish = Wish { weakness };
    let broken = (1..=12).filter_map(|seed| run(seed, wish).broken);
    let found = broken.filter(|text| text.contains(how)).count();
    println!("{:?}: {found} of 12 seeds see it", wish.weakness);
    assert!(found > 0);
}

#[test]
fn a_station_with_synchronous_normal_is_found_out() {
    has_to_break(Weakness::NormalSynchronous, "I2: ");
}

#[test]
fn a_station_that_syncs_no_folder_is_found_out() {
    has_to_break(Weakness::NoFolderSync, "I5: ");
}
