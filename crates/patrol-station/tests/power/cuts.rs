//! Over five hundred power cuts, at least fifty in each phase, and what they must not do.
//!
//! The cuts of a phase are spread over all its disk operations, one more falls behind the last. After every third cut the
//! power goes once more while the station comes back and the phones call again.

use std::collections::BTreeMap;

use patrol_sqlite::Disk as _;
use patrol_station::{ReceiptKey, StationError};
use patrol_testkit::Weakness;

use crate::check::{Losses, check, note_tears};
use crate::phases::{self, Ended, Phase};
use crate::scene::{Scene, at_once};

/// Cuts in each of the phases.
const CUTS: u64 = 54;
const PHASES: u64 = 14;
const _: () = assert!(CUTS >= 50 && CUTS * PHASES >= 500, "too few cuts");

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
        let mut scene = phase.scene.fork(seed);
        if let Some(weakness) = weakness {
            scene.disk.weaken(weakness);
        }
        if phase.runs {
            scene.start().unwrap();
        }
        scene
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
        let mut scene = ready(1 + cut);
        scene.disk.cut_after(1 + cut * 7919 % (outcome.operations + 1));
        let acts = (phase.acts)(&mut scene);
        assert!(acts.is_ok() || scene.disk.is_off(), "{acts:?}");
        let at = scene.disk.cut_at().unwrap_or_else(|| "the end".into());
        scene.close();
        scene.disk.reboot();
        let mut losses = Losses::new();
        if cut % 3 == 2 {
            losses = note_tears(&mut scene);
            scene.disk.cut_after(1 + cut % 41);
            let _ = call_again(&mut scene);
            scene.close();
            scene.disk.reboot();
            outcome.twice += 1;
        }
        losses.extend(check(&mut scene));
        if !losses.is_empty() {
            outcome.losing.insert(cut, (at, losses));
        }
    }
    outcome
}

fn call_again(scene: &mut Scene) -> Result<(), Ended> {
    scene.start()?;
    for phone in 0..scene.phones.len() {
        scene.call(phone, |phone, station| phone.complete(station))?;
    }
    Ok(())
}

fn keeps_its_promise(name: &str, phase: &Phase) {
    let outcome = cut_often(phase, None, CUTS);
    println!(
        "{name}: {} cuts among {} operations, {} of them cut again while coming back, {} with a loss",
        outcome.cuts,
        outcome.operations,
        outcome.twice,
        outcome.losing.len()
    );
    assert!(outcome.losing.is_empty(), "{:#?}", outcome.losing);
}

#[test]
fn making_a_station_is_cut() {
    keeps_its_promise("init", &phases::init());
}

/// The last operations of `init` are few among many, so each is cut here, and with more than one chance.
#[test]
fn settings_are_there_whole_or_not_at_all() {
    let mut whole = Scene::new(3);
    whole.make().unwrap();
    let last = whole.disk.operations();
    for operation in last - 12..=last {
        for chance in 0..6 {
            let mut scene = Scene::new(100 + chance);
            scene.disk.cut_after(operation);
            assert!(scene.make().is_err());
            let at = scene.disk.cut_at();
            scene.disk.reboot();
            let losses = check(&mut scene);
            assert!(losses.is_empty(), "{at:?}: {losses:?}");
        }
    }
}

/// At each operation, and once more while it is made again.
#[test]
fn a_station_whose_making_was_cut_is_made_again_in_its_folder_and_a_whole_one_never() {
    let mut whole = Scene::new(4);
    whole.make().unwrap();
    let last = whole.disk.operations();
    let mut found_whole = 0;
    for operation in 1..=last {
        let mut scene = Scene::new(500 + operation);
        scene.disk.cut_after(operation);
        assert!(scene.make().is_err());
        scene.disk.reboot();
        if operation % 3 == 0 {
            scene.disk.cut_after(last - operation + 1);
            let _ = scene.make();
            scene.disk.reboot();
        }
        match scene.make() {
            Ok(()) => scene.start().unwrap(),
            Err(StationError::Exists { path }) if path == scene.layout().config() => {
                found_whole += 1;
                scene.start().unwrap();
            }
            Err(other) => panic!("cut at {operation}: {other}"),
        }
        let key = scene.station().public_key().clone();
        assert!(matches!(scene.make(), Err(StationError::Exists { .. })));
        // Settings that somebody has lost make no new station of an old one.
        scene.close();
        scene.disk.remove(&scene.layout().config()).unwrap();
        assert!(matches!(scene.make(), Err(StationError::Exists { .. })));
        assert!(matches!(scene.start(), Err(StationError::NotInitialised { .. })));
        let kept = ReceiptKey::load(&scene.disk, &scene.layout().receipt_key()).unwrap();
        assert_eq!(*kept.public(), key);
    }
    assert!(found_whole > 0 && found_whole < last / 2, "{found_whole} of {last}");
}

#[test]
fn an_enrolment_is_cut() {
    keeps_its_promise("enrol", &phases::enrol());
}

#[test]
fn a_first_push_is_cut() {
    keeps_its_promise("first push", &phases::first_push());
}

#[test]
fn a_push_that_overlaps_is_cut() {
    keeps_its_promise("overlap", &phases::overlap());
}

#[test]
fn a_push_of_acts_is_cut() {
    keeps_its_promise("acts", &phases::acts());
}

#[test]
fn a_push_that_comes_again_is_cut() {
    keeps_its_promise("receipts", &phases::receipts());
}

#[test]
fn a_photo_in_one_piece_is_cut() {
    keeps_its_promise("whole photo", &phases::whole_photo());
}

#[test]
fn a_photo_that_is_resumed_is_cut() {
    keeps_its_promise("resumed photo", &phases::resumed_photo());
}

#[test]
fn a_photo_of_two_phones_is_cut() {
    keeps_its_promise("shared photo", &phases::shared_photo());
}

#[test]
fn a_thumbnail_is_cut() {
    keeps_its_promise("thumbnail", &phases::thumbnail());
}

#[test]
fn a_new_key_is_cut() {
    keeps_its_promise("rotation", &phases::rotation());
}

#[test]
fn shutting_a_phone_out_is_cut() {
    keeps_its_promise("revocation", &phases::revocation());
}

#[test]
fn the_beginning_of_an_epoch_is_cut() {
    keeps_its_promise("epoch", &phases::epoch());
}

/// What follows from the journals is the same however often reading it again was cut, and no step is made twice.
#[test]
fn a_reading_again_that_is_cut_goes_on_at_the_next_start() {
    const CUTS: u64 = 8;
    let long = phases::long();
    let mut whole = long.fork(20);
    whole.start().unwrap();
    let before = at_once(whole.station().store().overview()).unwrap();
    let operations = whole.disk.operations();
    let replayed = at_once(whole.station().store().replay()).unwrap();
    assert!(replayed.ops > 1_000, "more than one step: {replayed:?}");
    let operations = whole.disk.operations() - operations;
    let mut resumed = 0;
    for cut in 0..CUTS {
        let mut scene = long.fork(30 + cut);
        scene.start().unwrap();
        scene.disk.cut_after(1 + operations * cut / CUTS);
        assert!(at_once(scene.station().store().replay()).is_err());
        scene.close();
        scene.disk.reboot();
        let database = scene.connect();
        let done = database.query_row("SELECT ops FROM view_replay", [], |row| row.get::<_, i64>(0));
        drop(database);
        resumed += u64::from(done.is_ok_and(|done| done > 0));
        scene.start().unwrap();
        let store = scene.station();
        let store = store.store();
        assert_eq!(at_once(store.overview()).unwrap(), before, "cut {cut}");
        assert_eq!(at_once(store.replay()).unwrap(), replayed, "cut {cut}");
    }
    assert!(resumed > 0, "a cut between two steps was among them");
}

#[test]
fn a_whole_day_with_a_restart_is_cut() {
    keeps_its_promise("day", &phases::day());
}
