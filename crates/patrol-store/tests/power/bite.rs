//! The same cuts on phones that break one rule each: the test has to see the loss, or it proves nothing.

use patrol_testkit::Weakness;

use crate::cuts::{Outcome, cut_often};
use crate::phases::{self, Phase};

/// A loss shows in far fewer cuts than its absence.
const CUTS: u64 = 40;

fn has_to_lose(what: &str, phase: &Phase, weakness: Option<Weakness>) -> Outcome {
    let outcome = cut_often(phase, weakness, CUTS);
    println!("{what}: {} % of {CUTS} cuts lost something", outcome.share());
    assert!(!outcome.losing.is_empty(), "{what} loses nothing that this test sees");
    outcome
}

#[test]
fn with_synchronous_normal_saves_are_lost() {
    let weakness = Some(Weakness::NormalSynchronous);
    let outcome = has_to_lose("save with synchronous = NORMAL", &phases::save(), weakness);
    let lost = outcome.losing.values().flat_map(|(_, losses)| losses);
    assert!(lost.into_iter().any(|loss| loss.ends_with("is lost")));
    has_to_lose("draft with synchronous = NORMAL", &phases::draft(), weakness);
    has_to_lose("amend with synchronous = NORMAL", &phases::amend(), weakness);
}

#[test]
fn without_the_sync_of_folders_photos_are_lost() {
    let weakness = Some(Weakness::NoFolderSync);
    let outcome = has_to_lose("photo without the sync of folders", &phases::photo(), weakness);
    let lost = outcome.losing.values().flat_map(|(_, losses)| losses);
    assert!(lost.into_iter().any(|loss| loss.contains("no original")));
    has_to_lose("camera without the sync of folders", &phases::camera(), weakness);
    has_to_lose(
        "first start without the sync of folders",
        &phases::first_start(),
        weakness,
    );
}

#[test]
fn with_the_row_before_the_file_photos_are_lost() {
    let outcome = has_to_lose("photo with the row before the file", &phases::wrong_order(), None);
    let lost = outcome.losing.values().flat_map(|(_, losses)| losses);
    assert!(lost.into_iter().any(|loss| loss.contains("no original")));
}
