//! Originals: whole or in pieces, receipted once, and nothing told to who does not name them (I5, I16).

use patrol_domain::Sha256Hash;
use patrol_station::{PhotoBody, Received, StoreError, UploadStart, UploadState};

use crate::Stage;
use crate::phone::{Phone, photo_ref};

fn original() -> Vec<u8> {
    let body = (0..50_000u32).map(|number| u8::try_from(number % 251).unwrap());
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(body).collect()
}

fn stored(received: Received) -> patrol_wire::PhotoReply {
    match received {
        Received::Complete(reply) => reply,
        Received::Part { offset } => panic!("only {offset} bytes"),
    }
}

pub(crate) async fn an_original_is_taken_in_pieces_and_receipted_once(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    let (photo, sha256) = (original(), Sha256Hash::of(&original()));
    phone.open_case(vec![photo_ref(&photo)]);
    phone.push_all(stage).await;
    let length = Some(photo.len() as u64);
    let part = phone
        .send(stage, sha256, UploadStart::Whole { length }, &photo[..30_000])
        .await;
    assert_eq!(part.unwrap(), Received::Part { offset: 30_000 });
    let state = stage.store.upload_state(phone.device.id, sha256).await.unwrap();
    let UploadState { offset, complete } = state;
    assert_eq!((offset, complete), (30_000, false));
    let early = phone
        .send(
            stage,
            sha256,
            UploadStart::Resume { offset: 20_000, length },
            &photo[20_000..],
        )
        .await;
    assert!(
        matches!(early, Err(StoreError::OffsetMismatch { held: 30_000 })),
        "{early:?}"
    );
    let rest = phone
        .send(stage, sha256, UploadStart::Resume { offset, length }, &photo[30_000..])
        .await;
    let reply = stored(rest.unwrap());
    let receipt = reply.receipt.verify(&stage.key).unwrap();
    assert_eq!(
        (receipt.sha256, receipt.bytes, receipt.device),
        (sha256, photo.len() as u64, phone.device.id)
    );
    stage.clock.advance(1000);
    assert_eq!(stored(phone.bring(stage, &photo).await.unwrap()), reply);
    assert_eq!(stage.store.photo_receipt(phone.device.id, sha256).await.unwrap(), reply);
    assert!(phone.push_all(stage).await.missing_photos.is_empty());
    assert_eq!(stage.store.overview().await.unwrap().counts.photos, 1);
}

pub(crate) async fn an_original_is_taken_only_from_a_device_that_names_it(stage: &Stage) {
    let mut owner = Phone::enrol(stage, 1).await;
    let other = Phone::enrol(stage, 2).await;
    let (photo, sha256) = (original(), Sha256Hash::of(&original()));
    owner.open_case(vec![photo_ref(&photo)]);
    owner.push_all(stage).await;
    // Nobody names it, it waits, it is here: to a stranger these are one.
    for hash in [Sha256Hash::of(b"nobody's"), sha256, sha256] {
        let device = other.device.id;
        let start = UploadStart::Whole { length: None };
        let mut empty: PhotoBody = Box::pin(futures_util::stream::empty());
        let refusals = [
            stage.store.upload_state(device, hash).await.err(),
            stage.store.photo_receipt(device, hash).await.err(),
            stage
                .store
                .keep_thumb(device, hash, vec![0xff, 0xd8].into())
                .await
                .err(),
            stage.store.receive(device, hash, start, &mut empty).await.err(),
        ];
        for refused in refusals {
            assert!(matches!(refused, Some(StoreError::NotFound)), "{refused:?}");
        }
        owner.bring(stage, &photo).await.unwrap();
    }
}

pub(crate) async fn that_another_device_has_brought_an_original_shows_nowhere(stage: &Stage) {
    let mut owner = Phone::enrol(stage, 1).await;
    let mut other = Phone::enrol(stage, 2).await;
    let (photo, sha256) = (original(), Sha256Hash::of(&original()));
    owner.open_case(vec![photo_ref(&photo)]);
    owner.push_all(stage).await;
    owner.bring(stage, &photo).await.unwrap();
    // The other names the same hash in a case of its own: it is asked for the bytes like anybody.
    other.open_case(vec![photo_ref(&photo)]);
    assert_eq!(other.push_all(stage).await.missing_photos, [sha256]);
    let state = stage.store.upload_state(other.device.id, sha256).await.unwrap();
    assert_eq!((state.offset, state.complete), (0, false));
    let receipt = stage.store.photo_receipt(other.device.id, sha256).await;
    assert!(matches!(receipt, Err(StoreError::NotFound)), "{receipt:?}");
    let body = |changes: Vec<patrol_wire::Change>| changes.last().unwrap().body.clone().unwrap()["stored"].clone();
    assert_eq!(body(other.pull(stage, None, 10).await.0), 0);
    assert_eq!(body(owner.pull(stage, None, 10).await.0), 1);
    other.bring(stage, &photo).await.unwrap();
    assert_eq!(body(other.pull(stage, None, 10).await.0), 1);
    assert_eq!(stage.store.overview().await.unwrap().counts.photos, 1, "stored once");
}

pub(crate) async fn bytes_that_are_not_the_named_ones_are_refused(stage: &Stage) {
    let mut phone = Phone::enrol(stage, 1).await;
    let (photo, sha256) = (original(), Sha256Hash::of(&original()));
    phone.open_case(vec![photo_ref(&photo)]);
    phone.push_all(stage).await;
    let mut wrong = photo.clone();
    wrong[40_000] ^= 1;
    let start = UploadStart::Whole {
        length: Some(photo.len() as u64),
    };
    let refused = phone.send(stage, sha256, start, &wrong).await;
    assert!(matches!(refused, Err(StoreError::HashMismatch)), "{refused:?}");
    let longer = [photo.clone(), vec![0]].concat();
    let refused = phone.send(stage, sha256, start, &longer).await;
    assert!(matches!(refused, Err(StoreError::TooLarge)), "{refused:?}");
    stored(phone.bring(stage, &photo).await.unwrap());
}
