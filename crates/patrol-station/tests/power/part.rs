//! A part file that the power cut has damaged: it is dropped, and the good original is taken from the start.

use patrol_domain::Sha256Hash;
use patrol_sqlite::Disk as _;
use patrol_station::StoreError;
use patrol_testkit::CrashDisk;

use crate::check::check;
use crate::phases::busy;
use crate::scene::{Scene, at_once};

/// A station that holds 6,000 bytes of the first original that waits.
fn half_sent() -> (Scene, Sha256Hash) {
    let mut scene = busy().fork(5);
    scene.start().unwrap();
    let mut half = None;
    scene
        .call(0, |phone, station| {
            phone.push_all(station)?;
            let waiting = phone.photos.iter().find(|(_, photo)| photo.reply.is_none());
            let sha256 = *waiting.unwrap().0;
            half = Some(sha256);
            phone.send(station, sha256, false, 6_000)
        })
        .unwrap();
    (scene, half.unwrap())
}

fn damaged_part(what: &str, damage: fn(&CrashDisk, &std::path::Path)) {
    let (mut scene, sha256) = half_sent();
    scene.close();
    let device = scene.phones[0].device().id;
    let part = scene.layout().part(device, sha256);
    damage(&scene.disk, &part);
    scene.start().unwrap();
    let station = scene.station();
    let resumed = scene.call(0, |phone, station| phone.send(station, sha256, true, usize::MAX));
    assert!(matches!(resumed, Err(StoreError::HashMismatch)), "{what}: {resumed:?}");
    assert_eq!(scene.disk.length(&part).unwrap(), None, "{what}: the part is dropped");
    let state = at_once(station.store().upload_state(device, sha256)).unwrap();
    assert_eq!((state.offset, state.complete), (0, false), "{what}");
    scene
        .call(0, |phone, station| phone.send(station, sha256, true, usize::MAX))
        .unwrap();
    assert!(scene.phones[0].photos[&sha256].reply.is_some(), "{what}");
    assert_eq!(check(&mut scene), Vec::<String>::new(), "{what}");
}

#[test]
fn a_part_damaged_by_the_cut_never_brands_a_good_original() {
    damaged_part("zeros where bytes were", |disk, part| {
        disk.zero(part, 512..1024).unwrap();
    });
    damaged_part("a turned bit", |disk, part| disk.flip(part, 5_999, 4).unwrap());
    damaged_part("zeros behind its end", |disk, part| {
        disk.truncate_to(part, 8_000).unwrap();
    });
    damaged_part("zeros up to the announced length", |disk, part| {
        disk.truncate_to(part, 10_000).unwrap();
    });
    damaged_part("rubbish of the announced length", |disk, part| {
        disk.write_raw(part, &[7; 10_000]).unwrap();
    });
}

#[test]
fn a_part_that_lost_its_tail_or_grew_too_long_is_resumed_from_what_is_there() {
    for length in [0, 1_000, 10_001] {
        let (mut scene, sha256) = half_sent();
        scene.close();
        let part = scene.layout().part(scene.phones[0].device().id, sha256);
        scene.disk.truncate_to(&part, length).unwrap();
        scene.phones[0].photos.get_mut(&sha256).unwrap().durable = 0;
        scene.start().unwrap();
        scene
            .call(0, |phone, station| phone.send(station, sha256, true, usize::MAX))
            .unwrap();
        assert_eq!(check(&mut scene), Vec::<String>::new(), "{length}");
    }
}
