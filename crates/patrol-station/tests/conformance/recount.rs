//! The dashboard's numbers are a recount from raw ops (I11), and reading everything again finds the same.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::case::{Case, CaseOp, CaseState, Effect, fold};
use patrol_domain::op::{CaseVoided, PhotoAdded, Step, VoidCause};
use patrol_domain::{Body, CaseId, Op, Sha256Hash};
use patrol_station::{CaseRow, Counts};

use crate::Stage;
use crate::phone::{Phone, photo_ref, step};

/// A small generator (xorshift): the same numbers in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Five phones that act on one another's cases, as it comes, some of it rubbish, some adopted, some contradictory.
async fn patrol(stage: &Stage, seed: u64) -> Vec<Phone> {
    let mut dice = Dice(seed);
    let mut phones = Vec::new();
    for number in 1..=5 {
        phones.push(Phone::enrol(stage, number).await);
    }
    let mut known: Vec<Op> = Vec::new();
    for turn in 0..120u8 {
        let who = dice.below(5);
        let phone = &mut phones[who];
        let before = (!known.is_empty()).then(|| known[dice.below(known.len())].clone());
        let photo = vec![photo_ref(&[turn / 3])];
        let made = match (dice.below(10), before) {
            (0..=2, _) | (_, None) => phone.open_case(photo),
            (3 | 4, Some(before)) => phone.act(&before, step(Step::ALL[dice.below(8)]), vec![]),
            (5, Some(before)) => phone.act(&before, Body::PhotoAdded(PhotoAdded {}), photo),
            (6, Some(before)) => {
                let cause = VoidCause::Other;
                phone.act(&before, Body::CaseVoided(CaseVoided { cause, reason: None }), vec![])
            }
            (7, Some(before)) => {
                phone.add(&before, vec![]);
                before
            }
            (8, Some(before)) => {
                phone.add_bytes(format!("rubbish {turn}").into_bytes(), vec![]);
                before
            }
            (_, Some(before)) => {
                let other = Op {
                    photos: vec![photo_ref(b"another op with this id")],
                    ..before.clone()
                };
                phone.add(&other, vec![]);
                before
            }
        };
        known.push(made);
    }
    phones
}

/// Pushes everything in an order of its own, in pieces, with some photos in between.
async fn arrive(stage: &Stage, phones: &[Phone], seed: u64) -> Vec<Vec<u8>> {
    let mut dice = Dice(seed);
    let mut pushed = vec![0; phones.len()];
    let mut arrived = Vec::new();
    while pushed
        .iter()
        .zip(phones)
        .any(|(pushed, phone)| *pushed < phone.ops.len())
    {
        let who = dice.below(phones.len());
        let (phone, from) = (&phones[who], pushed[who]);
        let to = (from + 1 + dice.below(9)).min(phone.ops.len());
        if from == to {
            continue;
        }
        let reply = phone.push(stage, from + 1, to).await;
        arrived.extend(phone.ops[from..to].iter().map(|op| op.op.clone()));
        pushed[who] = to;
        let wanted = reply.missing_photos.first().copied();
        let brought = (0..=40u8).find(|number| Some(Sha256Hash::of(&[*number])) == wanted);
        if let Some(number) = brought {
            phone.bring(stage, &[number]).await.unwrap();
        }
    }
    arrived
}

/// The cases of raw ops in the order in which they arrived: of two with one id the first counts.
fn recount(arrived: &[Vec<u8>]) -> (BTreeMap<CaseId, Case>, u64) {
    let mut first: BTreeMap<_, &Vec<u8>> = BTreeMap::new();
    let mut cases: BTreeMap<CaseId, BTreeMap<_, CaseOp>> = BTreeMap::new();
    let mut aside = 0;
    for bytes in arrived {
        let Ok(op) = Op::decode(bytes) else {
            aside += 1;
            continue;
        };
        if *first.entry(op.id).or_insert(bytes) != bytes {
            aside += 1;
            continue;
        }
        let parts = vec![];
        cases
            .entry(op.case.unwrap())
            .or_default()
            .entry(op.id)
            .or_insert(CaseOp { op, parts });
    }
    let folded: BTreeMap<_, _> = cases
        .iter()
        .map(|(case, ops)| (*case, fold(*case, ops.values())))
        .collect();
    // An op that waits is set aside in each journal that brings it.
    let waits: BTreeSet<_> = folded
        .values()
        .flat_map(|case| &case.history)
        .filter(|entry| entry.effect == Effect::Waits)
        .map(|entry| entry.op)
        .collect();
    let is_waiting =
        |bytes: &&Vec<u8>| Op::decode(bytes).is_ok_and(|op| waits.contains(&op.id) && first.get(&op.id) == Some(bytes));
    aside += arrived.iter().filter(is_waiting).count();
    (folded, aside as u64)
}

fn shown(row: &CaseRow) -> (CaseState, String, u64, u64, Vec<(Sha256Hash, bool)>) {
    let photos = row.photos.iter().map(|photo| (photo.sha256, photo.counts));
    (
        row.state,
        row.number.clone(),
        row.steps,
        row.amendments,
        photos.collect(),
    )
}

fn expected(case: &Case) -> (CaseState, String, u64, u64, Vec<(Sha256Hash, bool)>) {
    let photos = case
        .photos
        .iter()
        .map(|photo| (photo.photo.sha256, photo.effect == Effect::Applies));
    (
        case.state,
        case.number.clone(),
        case.steps.len() as u64,
        case.amendments as u64,
        photos.collect(),
    )
}

pub(crate) async fn the_numbers_of_the_dashboard_are_a_recount_from_raw_ops(stage: &Stage) {
    let phones = patrol(stage, 0x2026_1123).await;
    let arrived = arrive(stage, &phones, 0x1781_7451).await;
    let (cases, aside) = recount(&arrived);
    let overview = stage.store.overview().await.unwrap();
    let in_state = |state| cases.values().filter(|case| case.state == state).count() as u64;
    let opened = cases.len() as u64 - in_state(CaseState::Unopened);
    assert_eq!(stage.store.counts().await.unwrap(), overview.counts);
    let Counts {
        cases: shown_cases,
        open,
        voided,
        photos: _,
        ops,
        devices,
        quarantined,
    } = overview.counts;
    assert_eq!(
        (shown_cases, open, voided),
        (opened, in_state(CaseState::Recorded), in_state(CaseState::Voided))
    );
    assert_eq!((ops, devices, quarantined), (arrived.len() as u64, 5, aside));
    assert!(
        opened > 20 && voided > 0 && aside > 10,
        "the patrol is worth counting: {:?}",
        overview.counts
    );
    for row in &overview.cases {
        assert_eq!(shown(row), expected(&cases[&row.case]), "case {}", row.case);
    }
    assert_eq!(overview.cases.len() as u64, opened);
}

pub(crate) async fn reading_everything_again_changes_nothing(stage: &Stage) {
    let phones = patrol(stage, 0x5eed).await;
    arrive(stage, &phones, 0xa11ce).await;
    let (before, digest) = (
        stage.store.overview().await.unwrap(),
        stage.store.digest(None).await.unwrap(),
    );
    let mut ends = Vec::new();
    for phone in &phones {
        ends.push(phone.pull(stage, None, 50).await.1.next);
    }
    let replayed = stage.store.replay().await.unwrap();
    assert_eq!(
        (replayed.ops, replayed.quarantined),
        (before.counts.ops, replayed.quarantined_before)
    );
    assert_eq!(stage.store.overview().await.unwrap(), before);
    assert_eq!(stage.store.digest(None).await.unwrap(), digest);
    for (phone, end) in phones.iter().zip(ends) {
        let (changes, again) = phone.pull(stage, Some(end.clone()), 50).await;
        assert_eq!((changes, again.next), (vec![], end));
    }
}
