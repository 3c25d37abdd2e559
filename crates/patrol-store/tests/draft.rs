//! The draft: on disk at every change, and turned into a case all at once or not at all.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/phone.rs"]
mod phone;

use std::io;

use patrol_domain::op::EncodeError;
use patrol_domain::{FixError, Sha256Hash, WallMs};
use patrol_store::{Draft, DraftFields, Exposure, PhotoFacts, StoreError, VaultError};
use patrol_testkit::op::{at, case_opened, original, photo_ref};
use phone::{Phone, ROOT, facts, files, note, on_draft, open, save, thumbnail};

fn typed(plate: &str, words: &str) -> DraftFields {
    DraftFields {
        matter: Some("PK01".into()),
        plate: plate.into(),
        street: Some("s-17".into()),
        note: words.into(),
        ..DraftFields::default()
    }
}

/// Typed fields and two photos.
fn drafted() -> (Phone, Draft) {
    let phone = Phone::new();
    let fields = typed("苏a·8k3r7", "车主不在场\n囧𠮷😀");
    phone.store().write_draft(&fields, WallMs(5)).unwrap();
    let photos = vec![phone.add_photo(&original(1, 70_000)), phone.add_photo(&original(2, 40))];
    let saved = Some(note(1).at.wall_ms);
    let id = phone.store().draft().unwrap().id;
    let draft = Draft {
        id,
        fields,
        photos,
        saved,
        ..Draft::default()
    };
    (phone, draft)
}

#[test]
fn a_new_phone_has_an_empty_draft() {
    assert_eq!(Phone::new().store().draft().unwrap(), Draft::default());
}

/// One change on the phone, and the same in memory.
type Step = dyn Fn(&Phone, &mut Draft);

#[test]
fn every_change_is_there_after_opening_again_and_after_a_kill() {
    let mut phone = Phone::new();
    let mut expected = Draft::default();
    let steps: [&Step; 5] = [
        &|phone, draft| {
            draft.fields.plate = "苏".into();
            draft.saved = Some(WallMs(-1));
            phone.store().write_draft(&draft.fields, WallMs(-1)).unwrap();
        },
        &|phone, draft| {
            draft.photos.push(phone.add_photo(&original(1, 10)));
            draft.saved = Some(note(1).at.wall_ms);
        },
        &|phone, draft| {
            draft.fields = typed("苏A8K3R7", "占道");
            draft.saved = Some(WallMs(9));
            phone.store().write_draft(&draft.fields, WallMs(9)).unwrap();
        },
        &|phone, draft| {
            draft.photos.push(phone.add_photo(&original(2, 20)));
            draft.saved = Some(note(1).at.wall_ms);
        },
        &|phone, draft| {
            let first = draft.photos.remove(0);
            phone.store().remove_draft_photo(first.facts.sha256).unwrap();
        },
    ];
    for step in steps {
        step(&phone, &mut expected);
        // Given with the first change, and the same from then on.
        expected.id = expected.id.or(phone.store().draft().unwrap().id);
        assert!(expected.id.is_some());
        let after_a_kill = phone.killed();
        assert_eq!(open(after_a_kill.path(), ROOT).unwrap().draft().unwrap(), expected);
        assert_eq!(phone.reopen().draft().unwrap(), expected);
    }
}

#[test]
fn everything_that_is_known_of_a_photo_comes_back() {
    let phone = Phone::new();
    let bytes = original(3, 99);
    let odd = PhotoFacts {
        mime: patrol_domain::Mime::Webp,
        source: patrol_domain::PhotoSource::Camera,
        width: u32::MAX,
        height: 1,
        taken: None,
        fix: None,
        place_problem: Some(FixError::Zero),
        ..facts(&bytes)
    };
    phone
        .store()
        .add_draft_photo(
            &Exposure::default(),
            &mut bytes.as_slice(),
            &note(1),
            b"thumb",
            |_, _| odd.clone(),
        )
        .unwrap();
    assert_eq!(phone.store().draft().unwrap().photos[0].facts, odd);
    assert_eq!(phone.store().thumbnail(Sha256Hash::of(&bytes)).unwrap(), b"thumb");
    let unknown = Sha256Hash::of(b"unknown");
    let missing = phone.store().thumbnail(unknown);
    assert!(matches!(missing, Err(StoreError::NoSuchPhoto(which)) if which == unknown));
}

#[test]
fn the_file_is_in_the_vault_before_the_row_is_written() {
    let phone = Phone::new();
    let bytes = original(1, 70_000);
    phone
        .store()
        .add_draft_photo(
            &Exposure::default(),
            &mut bytes.as_slice(),
            &note(1),
            &[],
            |sha256, length| {
                assert_eq!(phone.store().vault().verify(sha256).unwrap(), length);
                assert_eq!(phone.store().draft().unwrap(), Draft::default(), "no row yet");
                facts(&bytes)
            },
        )
        .unwrap();
    assert_eq!(phone.store().draft().unwrap().photos, [on_draft(&bytes)]);
}

struct Broken;

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the card was pulled out"))
    }
}

#[test]
fn a_photo_that_cannot_be_read_leaves_the_draft_as_it_was() {
    let (phone, draft) = drafted();
    let before = files(phone.folder()).len();
    let failed = phone
        .store()
        .add_draft_photo(&Exposure::default(), &mut Broken, &note(2), &[], |_, _| facts(b"never"));
    assert!(
        matches!(failed, Err(StoreError::Vault(VaultError::File(_)))),
        "{failed:?}"
    );
    assert_eq!(phone.store().draft().unwrap(), draft);
    assert_eq!(files(phone.folder()).len(), before);
}

#[test]
fn the_same_photo_twice_is_one_photo_in_its_first_place() {
    let (phone, draft) = drafted();
    phone.add_photo(&original(1, 70_000));
    assert_eq!(phone.store().draft().unwrap().photos, draft.photos);
    let originals = files(&phone.folder().join("vault"));
    assert_eq!(originals.len(), 2);
}

#[test]
fn a_removed_photo_leaves_the_others_in_order_and_its_original_in_the_vault() {
    let (phone, draft) = drafted();
    let third = phone.add_photo(&original(3, 60));
    let [first, second] = [&draft.photos[0], &draft.photos[1]];
    phone.store().remove_draft_photo(second.facts.sha256).unwrap();
    assert_eq!(phone.store().draft().unwrap().photos, [first.clone(), third.clone()]);
    assert!(phone.store().vault().verify(second.facts.sha256).is_ok());
    let twice = phone.store().remove_draft_photo(second.facts.sha256);
    assert!(matches!(twice, Err(StoreError::NoSuchPhoto(which)) if which == second.facts.sha256));
    phone.add_photo(&original(2, 40));
    let photos = phone.store().draft().unwrap().photos;
    assert_eq!(
        photos,
        [first.clone(), third, second.clone()],
        "added again: behind the others"
    );
}

#[test]
fn a_discarded_draft_is_empty_and_its_originals_stay() {
    let (mut phone, draft) = drafted();
    phone.store().discard_draft().unwrap();
    assert_eq!(phone.reopen().draft().unwrap(), Draft::default());
    for photo in draft.photos {
        assert!(phone.store().vault().verify(photo.facts.sha256).is_ok());
        let bytes = [original(1, 70_000), original(2, 40)];
        let known = bytes.map(|bytes| thumbnail(&bytes));
        assert!(known.contains(&phone.store().thumbnail(photo.facts.sha256).unwrap()));
    }
    assert_eq!(phone.store().head().unwrap().0.seq.0, 1, "nothing was appended");
}

#[test]
fn saving_makes_the_case_and_empties_the_draft_in_one() {
    let (mut phone, draft) = drafted();
    let photos = [original(1, 70_000), original(2, 40)].map(|bytes| photo_ref(&bytes));
    let (op, parts) = case_opened(1, &photos, Some(&draft.fields.note));
    let head = save(phone.store(), &op, &parts).unwrap();
    phone.wrote(op.clone(), parts);
    let after_a_kill = phone.killed();
    for store in [&open(after_a_kill.path(), ROOT).unwrap(), phone.reopen()] {
        assert_eq!(store.draft().unwrap(), Draft::default());
        assert_eq!(store.head().unwrap(), (head, Some(op.id)));
        let cases = store.cases(None, 10).unwrap().cases;
        assert_eq!(cases.len(), 1);
        assert_eq!((Some(cases[0].case), cases[0].photos.len()), (op.case, 2));
    }
    assert_eq!(phone.store().digest().unwrap(), phone.expected_digest());
}

#[test]
fn a_save_that_fails_leaves_draft_and_journal_as_they_were() {
    let (mut phone, draft) = drafted();
    let before = phone.store().head().unwrap();
    let (mut long, parts) = case_opened(1, &[], Some("x"));
    long.photos = vec![photo_ref(b"x"); 600];
    let failed = save(phone.store(), &long, &parts);
    assert!(
        matches!(failed, Err(StoreError::Encode(EncodeError::TooLong { .. }))),
        "{failed:?}"
    );
    let (mut unwritable, parts) = case_opened(1, &[], Some("x"));
    unwritable.at.wall_ms = WallMs(i64::MAX);
    let failed = save(phone.store(), &unwritable, &parts);
    assert!(
        matches!(failed, Err(StoreError::Encode(EncodeError::Canonical(_)))),
        "{failed:?}"
    );
    let (op, parts) = case_opened(1, &[], Some("x"));
    let failed = save(phone.store(), &op, &[parts.clone(), parts].concat());
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    for _ in 0..2 {
        assert_eq!(phone.store().draft().unwrap(), draft);
        assert_eq!(phone.store().head().unwrap(), before);
        assert!(phone.store().cases(None, 10).unwrap().cases.is_empty());
        phone.reopen();
    }
}

#[test]
fn without_a_journal_the_draft_can_be_written_and_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), ROOT).unwrap();
    let fields = typed("", "先写草稿");
    store.write_draft(&fields, at(1).wall_ms).unwrap();
    let (op, parts) = case_opened(1, &[], None);
    assert!(matches!(save(&store, &op, &parts), Err(StoreError::NoJournal)));
    assert_eq!(store.draft().unwrap().fields, fields);
}

#[test]
fn drafts_that_were_laid_aside_are_there_after_a_kill_and_each_goes_its_own_way() {
    let (mut phone, first) = drafted();
    let id = first.id.unwrap();
    phone.store().start_timer(WallMs(7)).unwrap();
    assert_eq!(phone.store().draft().unwrap(), Draft::default(), "nothing is in hand");
    phone.store().write_draft(&typed("苏A00002", ""), WallMs(8)).unwrap();
    phone.add_photo(&original(1, 70_000));
    let second = phone.store().draft().unwrap();

    let parked = open(phone.killed().path(), ROOT).unwrap().parked_drafts().unwrap();
    let timer = parked[0].timer.as_ref().unwrap();
    assert_eq!(
        (timer.since, timer.plate.as_str()),
        (WallMs(7), first.fields.plate.as_str())
    );
    assert_eq!(parked.len(), 1);
    assert_eq!((&parked[0].photos, parked[0].id), (&first.photos, first.id));

    phone.store().take_draft(id).unwrap();
    assert_eq!(
        phone.reopen().draft().unwrap().photos,
        first.photos,
        "the same bytes on both"
    );
    assert_eq!(phone.store().parked_drafts().unwrap(), std::slice::from_ref(&second));
    phone.store().drop_draft(second.id.unwrap()).unwrap();
    let gone = phone.store().take_draft(second.id.unwrap());
    assert!(matches!(gone, Err(StoreError::NoSuchDraft(_))));
    assert_eq!(phone.store().draft().unwrap().id, Some(id), "and nothing was changed");
}
