//! The same cuts on stations that break one rule each: the test has to see the loss, or it proves nothing.

use patrol_testkit::Weakness;

use crate::cuts::cut_often;
use crate::phases::{self, Phase};

/// A loss shows in far fewer cuts than its absence.
const CUTS: u64 = 40;

fn has_to_lose(what: &str, phase: &Phase, weakness: Option<Weakness>, how: &str) {
    let outcome = cut_often(phase, weakness, CUTS);
    println!("{what}: {} % of {CUTS} cuts lost something", outcome.share());
    let mut losses = outcome.losing.values().flat_map(|(_, losses)| losses);
    assert!(
        losses.any(|loss| loss.contains(how)),
        "{what}: nothing lost that this test sees: {:#?}",
        outcome.losing
    );
}

#[test]
fn with_synchronous_normal_pushes_and_receipts_are_lost() {
    let weakness = Some(Weakness::NormalSynchronous);
    has_to_lose("first push, NORMAL", &phases::first_push(), weakness, "is lost");
    has_to_lose("acts, NORMAL", &phases::acts(), weakness, "is lost");
    has_to_lose("enrolment, NORMAL", &phases::enrol(), weakness, "is not admitted");
    has_to_lose("photo, NORMAL", &phases::whole_photo(), weakness, "NotFound");
}

#[test]
fn without_the_sync_of_folders_photos_are_lost() {
    let weakness = Some(Weakness::NoFolderSync);
    let lost = "has a row and no file";
    has_to_lose("photo, no folder sync", &phases::whole_photo(), weakness, lost);
    has_to_lose("thumbnail, no folder sync", &phases::thumbnail(), weakness, lost);
    let part = "is lost before byte";
    has_to_lose(
        "resumed photo, no folder sync",
        &phases::resumed_photo(),
        weakness,
        part,
    );
}

#[test]
fn with_the_row_before_the_file_photos_are_lost() {
    let lost = "has a row and no file";
    has_to_lose("row before file", &phases::wrong_order(), None, lost);
}
