//! The fold of a case: what the table says, and that the order of arrival does not matter.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/document.rs"]
mod document;

use std::fmt::Write as _;

use patrol_domain::case::{Act, CaseOp, CaseState, Effect, Words, fold, stand};
use patrol_domain::id::IdMint;
use patrol_domain::op::{
    CaseAmended, CaseOpened, CaseVoided, Emptied, MatterChoice, PackVersion, PhotoAdded, Place, Step, StepTaken,
    VoidCause,
};
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, Body, BootId, BootMs, CaseId, Mime, Op, OpId, Part, PersonId, PhotoRef, PhotoRole, PhotoSource, Sha256Hash,
    TzMinutes, WallMs,
};
use proptest::prelude::*;

fn uuid(number: u8) -> uuid::Uuid {
    IdMint::default().next(WallMs(1_000), [number; 10])
}

fn case() -> CaseId {
    CaseId::new(uuid(200))
}

fn pack() -> PackVersion {
    PackVersion {
        name: "catalogue".into(),
        version: "1".into(),
    }
}

fn photo(number: u8) -> PhotoRef {
    PhotoRef {
        sha256: Sha256Hash::of(&[number]),
        bytes: 1,
        mime: Mime::Jpeg,
        role: PhotoRole::Scene,
        source: PhotoSource::Camera,
        slot: None,
        shot: None,
    }
}

fn op(number: u8, after: &[u8], photos: Vec<PhotoRef>, body: Body, parts: Vec<Part>) -> CaseOp {
    let op = Op {
        id: OpId::new(uuid(number)),
        at: At {
            wall_ms: WallMs(i64::from(number)),
            boot_ms: BootMs(1),
            boot_id: BootId(uuid(201)),
            gnss_ms: None,
            offset: None,
            tz: TzMinutes(480),
            beacon: None,
        },
        author: PersonId::new(uuid(202)),
        case: Some(case()),
        after: after.iter().map(|number| OpId::new(uuid(*number))).collect(),
        photos,
        body,
    };
    CaseOp { op, parts }
}

fn part(field: &str, value: &str) -> Part {
    Part {
        field: field.into(),
        salt: Salt([7; 32]),
        value: value.into(),
    }
}

fn opened(number: u8) -> CaseOp {
    let note = part("note", "占道经营");
    let body = CaseOpened {
        number: format!("1123-{number:03}"),
        matter: "ST01".into(),
        pack: pack(),
        plate: None,
        place: Place::default(),
        note: Some(note.seal()),
        form: None,
        interval: None,
    };
    op(number, &[], vec![photo(number)], Body::CaseOpened(body), vec![note])
}

fn step(number: u8, after: &[u8], step: Step) -> CaseOp {
    op(
        number,
        after,
        vec![],
        Body::StepTaken(StepTaken { step, note: None }),
        vec![],
    )
}

fn amended(number: u8, after: &[u8], code: &str) -> CaseOp {
    let reason = part("reason", "看错了");
    let body = CaseAmended {
        matter: Some(MatterChoice {
            code: code.into(),
            pack: pack(),
        }),
        plate: None,
        place: None,
        note: None,
        emptied: vec![Emptied::Note],
        reason: reason.seal(),
        form: None,
    };
    op(number, after, vec![], Body::CaseAmended(body), vec![reason])
}

fn voided(number: u8, after: &[u8]) -> CaseOp {
    let body = CaseVoided {
        cause: VoidCause::Duplicate,
        reason: None,
    };
    op(number, after, vec![], Body::CaseVoided(body), vec![])
}

#[test]
fn a_case_tells_what_was_done_in_the_order_of_its_ops_and_not_of_their_clocks() {
    // The step was taken with the clock set back: its id sorts first, its `after` does not.
    let ops = [opened(50), amended(60, &[50], "ST02"), step(3, &[60], Step::Corrected)];
    let case = fold(case(), &ops);
    assert_eq!(case.state, CaseState::Handled);
    assert_eq!(case.matter.unwrap().code, "ST02");
    assert_eq!(case.note, Words::None);
    assert_eq!(case.heads, [OpId::new(uuid(3))]);
    assert_eq!(case.amendments, 1);
}

#[test]
fn what_comes_after_a_void_is_evidence_and_changes_nothing() {
    let late = op(9, &[8], vec![photo(9)], Body::PhotoAdded(PhotoAdded {}), vec![]);
    let ops = [opened(1), voided(8, &[1]), late, step(10, &[9], Step::Left)];
    let case = fold(case(), &ops);
    assert_eq!(case.state, CaseState::Voided);
    assert_eq!(
        case.photos.iter().map(|photo| photo.effect).collect::<Vec<_>>(),
        [Effect::Applies, Effect::Evidence]
    );
    assert!(case.steps.is_empty());
    assert_eq!(case.history.len(), 4);
}

#[test]
fn two_officers_who_did_not_know_of_each_other_are_both_heard() {
    let ops = [opened(1), step(5, &[1], Step::Corrected), step(6, &[1], Step::Recurred)];
    let case = fold(case(), &ops);
    assert_eq!(
        (case.state, case.steps.len(), case.heads.len()),
        (CaseState::Recorded, 2, 2)
    );
}

#[test]
fn ops_without_their_opening_wait_and_words_without_their_part_are_missing() {
    let mut opening = opened(1);
    let steps = [step(5, &[1], Step::Left)];
    assert_eq!(fold(case(), &steps).history[0].effect, Effect::Waits);
    opening.parts[0].value = "改过的话".into();
    let case = fold(case(), [&steps[0], &opening]);
    assert_eq!((case.state, case.note), (CaseState::Handled, Words::Missing));
}

#[test]
fn forged_ops_that_name_each_other_in_a_circle_are_taken_all_the_same() {
    let ops = [opened(1), step(5, &[6], Step::Left), step(6, &[5], Step::Advised)];
    assert_eq!(fold(case(), &ops).history.len(), 3);
}

/// The table of `docs/PROTOCOL.md`.
fn table() -> String {
    let name = |act| match act {
        Act::Open => "`case_opened`",
        Act::AddPhoto => "`photo_added`",
        Act::Step => "`step_taken` (advised, notice posted, correction ordered)",
        Act::Conclude => "`step_taken` (corrected, left, cleared, handed over)",
        Act::Recur => "`step_taken` (recurred)",
        Act::Amend => "`case_amended`",
        Act::Void => "`case_voided`",
        Act::Other => "any other kind",
    };
    let state_name = |state| match state {
        CaseState::Unopened => "unopened",
        CaseState::Recorded => "recorded",
        CaseState::Handled => "handled",
        CaseState::Voided => "voided",
    };
    let mut table = String::from("| op \\ state |");
    for state in CaseState::ALL {
        write!(table, " {} |", state_name(state)).unwrap();
    }
    table.push_str("\n|---|---|---|---|---|\n");
    for act in Act::ALL {
        write!(table, "| {} |", name(act)).unwrap();
        for state in CaseState::ALL {
            let (effect, next) = stand(state, act);
            let cell = match effect {
                Effect::Applies if next == state => "applies".into(),
                Effect::Applies => format!("applies → {}", state_name(next)),
                Effect::Evidence => "evidence".into(),
                Effect::Waits => "waits".into(),
            };
            write!(table, " {cell} |").unwrap();
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_protocol_document_holds_the_table_of_this_build() {
    document::hold("case table", &table());
}

/// A row of acts, each done on what some officer knew at that moment.
fn history() -> impl Strategy<Value = Vec<CaseOp>> {
    let acts = prop::collection::vec(
        (
            0u8..6,
            prop::collection::vec(any::<prop::sample::Index>(), 1..3),
            any::<u8>(),
        ),
        0..14,
    );
    acts.prop_map(|acts| {
        let mut ops = vec![opened(100)];
        let mut numbers = vec![100u8];
        for (kind, known, number) in acts {
            let number = number % 100;
            if numbers.contains(&number) {
                continue;
            }
            let after: Vec<u8> = known.iter().map(|index| *index.get(&numbers)).collect();
            ops.push(match kind {
                0 => step(number, &after, Step::Advised),
                1 => step(number, &after, Step::Corrected),
                2 => step(number, &after, Step::Recurred),
                3 => amended(number, &after, &format!("ST{number}")),
                4 => voided(number, &after),
                _ => op(
                    number,
                    &after,
                    vec![photo(number % 7)],
                    Body::PhotoAdded(PhotoAdded {}),
                    vec![],
                ),
            });
            numbers.push(number);
        }
        ops
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_order_of_arrival_gives_the_same_case(ops in history(), seed in any::<u64>()) {
        let straight = fold(case(), &ops);
        let mut shuffled = ops.clone();
        let mut state = seed | 1;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, usize::try_from(state >> 33).unwrap() % (index + 1));
        }
        // Ops also arrive twice.
        shuffled.extend(ops.iter().take(3).cloned());
        prop_assert_eq!(&fold(case(), &shuffled), &straight);
        // Each op stands behind all that it names.
        for (position, entry) in straight.history.iter().enumerate() {
            let op = ops.iter().find(|op| op.op.id == entry.op).unwrap();
            for before in &op.op.after {
                prop_assert!(straight.history.iter().take(position).any(|entry| entry.op == *before));
            }
        }
    }
}
