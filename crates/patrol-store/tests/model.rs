//! Whatever an officer, the station and the battery do in whatever order: views follow from the journal, and the counts
//! that the officer sees add up.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{PhotoRef, Seq, Sha256Hash, WallMs};
use patrol_store::{CaseRecord, Counts, DraftFields, PhotoProblem, SignedPhoto};
use patrol_testkit::op::{case_opened, log_id, original, original_lost, photo_ref};
use phone::{Phone, save};
use proptest::prelude::*;

/// How many different originals exist.
const PHOTOS: usize = 6;

#[derive(Debug, Clone)]
enum Step {
    Type(String),
    Shoot(usize),
    Remove(usize),
    Discard,
    Save(bool),
    FailToSave,
    /// The station signs for the journal up to here (in percent of its length).
    Ack(u64),
    Rewind,
    SendThumbnail(usize),
    SendPhoto(usize),
    /// The station says that it does not hold these.
    Miss(usize),
    Lose(usize),
    Rebuild,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let photo = 0..PHOTOS;
    prop_oneof![
        2 => "[苏占道囧 a-z]{0,12}".prop_map(Step::Type),
        6 => photo.clone().prop_map(Step::Shoot),
        1 => photo.clone().prop_map(Step::Remove),
        1 => Just(Step::Discard),
        6 => any::<bool>().prop_map(Step::Save),
        1 => Just(Step::FailToSave),
        4 => (0u64..=100).prop_map(Step::Ack),
        1 => Just(Step::Rewind),
        2 => photo.clone().prop_map(Step::SendThumbnail),
        5 => photo.clone().prop_map(Step::SendPhoto),
        1 => photo.clone().prop_map(Step::Miss),
        3 => photo.prop_map(Step::Lose),
        1 => Just(Step::Rebuild),
        1 => Just(Step::Restart),
    ]
}

/// What must be so, kept in memory beside the phone.
struct Model {
    phone: Phone,
    seed: u64,
    draft: Vec<Sha256Hash>,
    note: String,
    acked: u64,
    /// Photos of cases with the positions of the ops that name them.
    named: BTreeMap<Sha256Hash, BTreeSet<u64>>,
    received: BTreeSet<Sha256Hash>,
    lost: BTreeSet<Sha256Hash>,
    /// Cases: position of the op, its photos.
    cases: Vec<(u64, Vec<Sha256Hash>)>,
}

fn bytes(photo: usize) -> Vec<u8> {
    original(photo as u64, 100 + photo)
}

fn hash(photo: usize) -> Sha256Hash {
    Sha256Hash::of(&bytes(photo))
}

fn reference(sha256: Sha256Hash) -> PhotoRef {
    (0..PHOTOS)
        .map(|photo| photo_ref(&bytes(photo)))
        .find(|photo| photo.sha256 == sha256)
        .unwrap()
}

impl Model {
    fn new() -> Self {
        Self {
            phone: Phone::new(),
            seed: 1,
            draft: Vec::new(),
            note: String::new(),
            acked: 0,
            named: BTreeMap::new(),
            received: BTreeSet::new(),
            lost: BTreeSet::new(),
            cases: Vec::new(),
        }
    }

    fn last(&self) -> u64 {
        self.phone.written.len() as u64
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Type(note) => {
                let fields = DraftFields {
                    note: note.clone(),
                    ..DraftFields::default()
                };
                self.phone.store().write_draft(&fields, WallMs(1)).unwrap();
                self.note = note;
            }
            Step::Shoot(photo) => {
                self.phone.add_photo(&bytes(photo));
                if !self.draft.contains(&hash(photo)) {
                    self.draft.push(hash(photo));
                }
            }
            Step::Remove(photo) => {
                let removed = self.phone.store().remove_draft_photo(hash(photo)).is_ok();
                assert_eq!(removed, self.draft.contains(&hash(photo)));
                self.draft.retain(|one| *one != hash(photo));
            }
            Step::Discard => {
                self.phone.store().discard_draft().unwrap();
                self.empty_draft();
            }
            Step::Save(with_note) => self.save(with_note),
            Step::FailToSave => {
                let (mut op, parts) = case_opened(self.seed, &[], None);
                op.photos = vec![photo_ref(b"x"); 600];
                assert!(save(self.phone.store(), &op, &parts).is_err());
            }
            Step::Ack(percent) => {
                self.acked = self.acked.max(self.last() * percent / 100);
                if self.acked > 0 {
                    self.phone.ack(self.acked);
                }
            }
            Step::Rewind => {
                self.phone.store().rewind().unwrap();
                self.acked = 0;
            }
            Step::SendThumbnail(photo) => {
                if let Some(next) = self
                    .phone
                    .store()
                    .pending_thumbnails(PHOTOS, 20_000)
                    .unwrap()
                    .get(photo)
                {
                    self.phone.store().record_thumbnail(next.sha256).unwrap();
                }
            }
            Step::SendPhoto(photo) => {
                let next = self
                    .phone
                    .store()
                    .pending_originals(PHOTOS)
                    .unwrap()
                    .get(photo)
                    .copied();
                if let Some(next) = next {
                    self.phone.store().record_begun(&[next.sha256]).unwrap();
                    let signed = SignedPhoto {
                        sha256: next.sha256,
                        station_ms: 1,
                        receipt: "{}".into(),
                    };
                    self.phone.store().record_photo_receipts(&[signed]).unwrap();
                    self.received.insert(next.sha256);
                }
            }
            Step::Miss(photo) => {
                let forgotten = self.phone.store().forget_photo_receipts(&[hash(photo)]).unwrap();
                assert_eq!(forgotten == 1, self.received.remove(&hash(photo)));
            }
            Step::Lose(photo) => self.lose(photo),
            Step::Rebuild => self.phone.store().rebuild_views().unwrap(),
            Step::Restart => {
                self.phone.reopen();
            }
        }
    }

    fn save(&mut self, with_note: bool) {
        let photos: Vec<_> = self.draft.iter().copied().map(reference).collect();
        let (op, parts) = case_opened(self.seed, &photos, with_note.then_some(self.note.as_str()));
        let head = save(self.phone.store(), &op, &parts).unwrap();
        self.phone.wrote(op, parts);
        assert_eq!(head.seq, Seq(self.last()), "dense");
        for photo in &self.draft {
            self.named.entry(*photo).or_default().insert(head.seq.0);
        }
        self.cases.push((head.seq.0, self.draft.clone()));
        self.seed += 1;
        self.empty_draft();
    }

    fn lose(&mut self, photo: usize) {
        let sha256 = hash(photo);
        if self.named.contains_key(&sha256) && !self.received.contains(&sha256) && self.lost.insert(sha256) {
            let op = original_lost(self.seed, sha256);
            self.seed += 1;
            self.phone
                .store()
                .record_problem(sha256, PhotoProblem::Lost, &op)
                .unwrap();
            self.phone.wrote(op, Vec::new());
        }
    }

    fn empty_draft(&mut self) {
        self.draft.clear();
        self.note.clear();
    }

    fn is_settled(&self, photo: Sha256Hash) -> bool {
        self.received.contains(&photo)
    }

    fn expected_counts(&self) -> Counts {
        let at_station = |(seq, photos): &&(u64, Vec<Sha256Hash>)| {
            *seq <= self.acked && photos.iter().all(|photo| self.is_settled(*photo))
        };
        let cases_at_station = self.cases.iter().filter(at_station).count() as u64;
        let on_phone: Vec<_> = self.named.keys().filter(|photo| !self.is_settled(**photo)).collect();
        Counts {
            cases_on_phone: self.cases.len() as u64 - cases_at_station,
            photos_on_phone: on_phone.len() as u64,
            bytes_on_phone: on_phone
                .iter()
                .map(|photo| self.phone.originals.get(photo).unwrap())
                .sum(),
            cases_at_station,
            photos_at_station: self.named.keys().filter(|photo| self.received.contains(photo)).count() as u64,
        }
    }

    fn check(&self) {
        let store = self.phone.store();
        let all = store.cases(None, usize::MAX).unwrap();
        assert_eq!((all.cases.len(), all.next), (self.cases.len(), None));
        for (case, (_, photos)) in all.cases.iter().rev().zip(&self.cases) {
            assert_eq!(
                &case.photos.iter().map(|photo| photo.sha256).collect::<Vec<_>>(),
                photos
            );
        }
        let counts = store.counts().unwrap();
        assert_eq!(counts, self.expected_counts());
        assert_eq!(counts.cases_on_phone + counts.cases_at_station, self.cases.len() as u64);
        let waiting: Vec<CaseRecord> = all.cases.iter().filter(|case| !case.at_station()).cloned().collect();
        assert_eq!(store.waiting_cases(usize::MAX).unwrap(), waiting);
        assert_eq!(counts.cases_on_phone, waiting.len() as u64);

        let pending: BTreeSet<_> = store
            .pending_originals(99)
            .unwrap()
            .iter()
            .map(|photo| photo.sha256)
            .collect();
        let may_go = |(photo, ops): &(&Sha256Hash, &BTreeSet<u64>)| {
            !self.is_settled(**photo) && ops.iter().any(|seq| *seq <= self.acked)
        };
        let expected: BTreeSet<_> = self.named.iter().filter(may_go).map(|(photo, _)| *photo).collect();
        assert_eq!(pending, expected);

        let draft = store.draft().unwrap();
        assert_eq!(
            draft.photos.iter().map(|photo| photo.facts.sha256).collect::<Vec<_>>(),
            self.draft
        );
        assert_eq!(draft.fields.note, self.note);

        let head = store.head().unwrap().0;
        assert_eq!(head.seq, Seq(self.last()));
        assert_eq!(store.progress().unwrap().acked.seq, Seq(self.acked));
    }

    /// The costly part, once at the end.
    fn check_rebuilt(&mut self) {
        let live = self.phone.store().cases(None, usize::MAX).unwrap();
        self.phone.store().rebuild_views().unwrap();
        assert_eq!(
            self.phone.store().cases(None, usize::MAX).unwrap(),
            live,
            "rebuilt = live"
        );
        self.check();
        self.phone.reopen();
        self.check();
        let digest = self.phone.store().digest().unwrap();
        assert_eq!(digest, self.phone.expected_digest());
        assert_eq!(self.phone.store().journal().unwrap().unwrap().log, log_id(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn views_follow_from_the_journal_and_counts_add_up(steps in prop::collection::vec(step(), 1..40)) {
        let mut model = Model::new();
        for step in steps {
            model.take(step);
            model.check();
        }
        model.check_rebuilt();
    }
}
