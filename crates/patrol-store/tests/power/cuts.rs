//! Over a thousand power cuts, at least fifty in each phase, and what they must not do.
//!
//! The cuts of a phase are spread over all its disk operations, one more falls behind the last. After every third cut the
//! power goes once more while the phone recovers.

use std::collections::BTreeMap;

use patrol_store::Mirror;
use patrol_testkit::Weakness;

use crate::check::{Losses, check};
use crate::officer::Officer;
use crate::phases::{self, Phase};

/// Cuts in each of the phases.
const CUTS: u64 = 84;
const PHASES: u64 = 15;
const _: () = assert!(CUTS >= 50 && CUTS * PHASES >= 1_000, "too few cuts");

/// What came of the cuts of one phase.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) cuts: u64,
    /// Of these, cuts that were followed by another one.
    pub(crate) twice: u64,
    pub(crate) operations: u64,
    /// Cuts after which anything was not as promised, with what that was.
    pub(crate) losing: BTreeMap<u64, (String, Losses)>,
}

impl Outcome {
    /// In percent.
    pub(crate) fn share(&self) -> u64 {
        self.losing.len() as u64 * 100 / self.cuts
    }
}

pub(crate) fn cut_often(phase: &Phase, weakness: Option<Weakness>, cuts: u64) -> Outcome {
    let ready = |seed: u64| {
        let mut officer = phase.phone.fork(seed);
        if let Some(weakness) = weakness {
            officer.disk.weaken(weakness);
        }
        if phase.runs {
            officer.start().unwrap();
        }
        officer
    };
    let mut whole = ready(0);
    let before = whole.disk.operations();
    (phase.acts)(&mut whole).unwrap();
    let mut outcome = Outcome {
        cuts,
        operations: whole.disk.operations() - before,
        ..Outcome::default()
    };
    for cut in 0..cuts {
        let mut officer = ready(1 + cut);
        officer.disk.cut_after(1 + cut * 7919 % (outcome.operations + 1));
        let acts = (phase.acts)(&mut officer);
        assert!(acts.is_ok() || officer.disk.is_off(), "{acts:?}");
        let at = officer.disk.cut_at().unwrap_or_else(|| "the end".into());
        officer.close();
        officer.disk.reboot();
        if cut % 3 == 2 {
            officer.disk.cut_after(1 + cut % 31);
            let _ = officer.start().and_then(|()| officer.recover());
            officer.close();
            officer.disk.reboot();
            outcome.twice += 1;
        }
        let mut losses = check(&mut officer);
        if losses.is_empty() {
            losses.extend(forgotten(&officer));
        }
        if let Some(damaged) = &phase.damaged {
            let files = officer.disk.files();
            if !files.iter().any(|file| &officer.disk.read(file).unwrap() == damaged) {
                losses.push("the damaged file was not kept".into());
            }
        }
        if !losses.is_empty() {
            outcome.losing.insert(cut, (at, losses));
        }
    }
    outcome
}

/// What the phone should know of its station and does not: that it has signed, or the rows that its cursor speaks of.
fn forgotten(officer: &Officer) -> Losses {
    let store = officer.store();
    let mut losses = Losses::new();
    let log = store.journal().unwrap().map(|journal| journal.log);
    let is_known = store.progress().unwrap().receipt.is_some() || store.signed_before().unwrap().is_some();
    if officer.signed.is_some() && officer.signed == log && !is_known {
        losses.push("that the station has signed is known no more".into());
    }
    let cursors = store.mirror_cursors().unwrap();
    for (mirror, cursor) in [(Mirror::Shown, cursors.shown), (Mirror::Shadow, cursors.shadow)] {
        let told = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let rows = store.mirror_hashes(mirror).unwrap().len();
        if rows != told {
            losses.push(format!("{mirror:?}: {rows} rows, the cursor speaks of {told}"));
        }
    }
    losses
}

fn keeps_its_promise(name: &str, phase: &Phase) {
    let outcome = cut_often(phase, None, CUTS);
    println!(
        "{name}: {} cuts among {} operations, {} of them cut again while recovering, {} with a loss",
        outcome.cuts,
        outcome.operations,
        outcome.twice,
        outcome.losing.len()
    );
    assert!(outcome.losing.is_empty(), "{:#?}", outcome.losing);
}

#[test]
fn a_first_start_is_cut() {
    keeps_its_promise("first start", &phases::first_start());
}

#[test]
fn a_save_is_cut() {
    keeps_its_promise("save", &phases::save());
}

#[test]
fn a_photo_is_cut() {
    keeps_its_promise("photo", &phases::photo());
}

#[test]
fn the_camera_is_cut() {
    keeps_its_promise("camera", &phases::camera());
}

#[test]
fn a_draft_is_cut() {
    keeps_its_promise("draft", &phases::draft());
}

#[test]
fn an_amendment_is_cut() {
    keeps_its_promise("amend", &phases::amend());
}

#[test]
fn upkeep_is_cut() {
    keeps_its_promise("upkeep", &phases::upkeep());
}

#[test]
fn a_station_that_was_set_back_is_told_after_a_cut_too() {
    keeps_its_promise("set back", &phases::set_back());
}

#[test]
fn a_pull_is_cut() {
    keeps_its_promise("pull", &phases::pull());
}

#[test]
fn setting_the_reserve_aside_is_cut() {
    keeps_its_promise("reserve", &phases::reserve());
}

#[test]
fn a_restart_is_cut() {
    keeps_its_promise("restart", &phases::restart());
}

#[test]
fn a_migration_is_cut() {
    keeps_its_promise("migration", &phases::migration());
}

#[test]
fn a_salvage_is_cut() {
    keeps_its_promise("salvage", &phases::salvage());
}

#[test]
fn a_salvage_after_a_check_in_the_background_is_cut() {
    keeps_its_promise("flagged salvage", &phases::flagged_salvage());
}

#[test]
fn the_start_of_a_copy_is_cut() {
    keeps_its_promise("copy", &phases::copy());
}
