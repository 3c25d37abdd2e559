//! The fold of a case: whatever ops a case has and in whatever order they come, it is one case and nobody is stopped.
//!
//! A mutated op is hardly ever an op, so the input is not text: four bytes say which op comes next, and each goes
//! through the codec as if it had arrived.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use patrol_domain::case::{CaseOp, fold};
use patrol_domain::op::{
    CaseAmended, CaseOpened, CaseVoided, Emptied, MatterChoice, PackVersion, PhotoAdded, Place, PlateRecord, Step,
    StepTaken, VoidCause,
};
use patrol_domain::{Body, CaseId, Op, OpId, Part, Plate, Sealed, Sha256Hash};
use patrol_testkit::op::{at, person, photo_ref};

/// Ids that ops name each other by; few, so that they meet.
const IDS: u8 = 16;
/// Fours that are looked at; by then every id is taken.
const MOST: usize = 64;

fuzz_target!(|input: &[u8]| {
    let (fours, _) = input.as_chunks::<4>();
    let mut ops = BTreeMap::new();
    for four in fours.iter().take(MOST) {
        let [_, who, ..] = *four;
        ops.entry(id(who)).or_insert_with(|| made(*four));
    }
    let cases = [case(0), case(1)];
    for case in cases {
        let folded = fold(case, ops.values());
        assert_eq!(
            folded,
            fold(case, ops.values().rev()),
            "the order of arrival made a difference"
        );
        let own: Vec<&CaseOp> = ops.values().filter(|one| one.op.case == Some(case)).collect();
        assert_eq!(folded.history.len(), own.len());
        assert!(
            own.iter()
                .all(|one| folded.history.iter().any(|entry| entry.op == one.op.id))
        );
        assert!(folded.heads.iter().all(|head| own.iter().any(|one| one.op.id == *head)));
    }
});

fn case(number: u8) -> CaseId {
    CaseId::from_slice(&[number; 16]).expect("an id has 16 bytes")
}

fn id(number: u8) -> OpId {
    OpId::from_slice(&[number % IDS; 16]).expect("an id has 16 bytes")
}

/// `kind and variant ‖ id, case ‖ after, two bytes as a set of ids`.
fn made([kind, who, low, high]: [u8; 4]) -> CaseOp {
    let named = u16::from_le_bytes([low, high]);
    let part = |field: &str| Part {
        field: field.into(),
        salt: patrol_domain::seal::Salt([kind; 32]),
        value: "车主不在场".into(),
    };
    let note = (who & 0x20 != 0).then(|| part("note"));
    let reason = part("reason");
    let op = Op {
        id: id(who),
        at: at(u64::from(kind)),
        author: person(u64::from(who >> 6)),
        case: (kind & 0x80 == 0).then(|| case(who >> 4 & 1)),
        after: (0..IDS).filter(|number| named >> number & 1 == 1).map(id).collect(),
        photos: (0..kind >> 5 & 3).map(|number| photo_ref(&[number, who & 3])).collect(),
        body: body(kind, note.as_ref().map(Part::seal), reason.seal()),
    };
    let bytes = op.encode().expect("an op made here can be written");
    let read = Op::decode(bytes.as_slice()).expect("what was written can be read");
    assert_eq!(read, op);
    CaseOp {
        op: read,
        parts: note.into_iter().chain([reason]).collect(),
    }
}

fn body(kind: u8, note: Option<Sealed>, reason: Sealed) -> Body {
    let pack = || PackVersion {
        name: "catalogue".into(),
        version: "1".into(),
    };
    let plate = || Plate::parse("苏A8K3R7").ok().as_ref().map(PlateRecord::from);
    let steps = Step::ALL.map(|step| Body::StepTaken(StepTaken { step, note }));
    match kind & 0x1f {
        0..8 => steps
            .into_iter()
            .nth(usize::from(kind & 7))
            .expect("there are eight steps"),
        8..14 => Body::CaseOpened(CaseOpened {
            number: format!("0618-{kind:03}"),
            matter: "PK01".into(),
            pack: pack(),
            plate: (kind & 1 == 1).then(plate).flatten(),
            place: Place::default(),
            note,
            form: None,
            interval: None,
        }),
        14..18 => Body::PhotoAdded(PhotoAdded {}),
        18..24 => Body::CaseAmended(CaseAmended {
            matter: (kind & 1 == 1).then(|| MatterChoice {
                code: "PK02".into(),
                pack: pack(),
            }),
            plate: (kind & 2 == 2).then(plate).flatten(),
            place: (kind & 4 == 4).then(Place::default),
            note,
            emptied: if kind & 8 == 8 {
                vec![Emptied::Plate, Emptied::Note]
            } else {
                Vec::new()
            },
            reason,
            form: None,
        }),
        24..27 => Body::CaseVoided(CaseVoided {
            cause: VoidCause::Mistake,
            reason: Some(reason),
        }),
        _ => Body::OriginalLost(patrol_domain::op::OriginalLost {
            sha256: Sha256Hash::of(&[kind]),
        }),
    }
}
