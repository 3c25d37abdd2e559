//! A photo's file is damaged anywhere: that original is named and no other, and wrong bytes are never read.

use patrol_domain::Sha256Hash;
use patrol_store::{Difference, Disk as _, Store, VaultError};

use crate::acts::Camera;
use crate::check::check;
use crate::officer::Officer;

const LENGTH: usize = 150_000;
/// Header, three chunks, closing chunk: where each begins.
const PLACES: [u64; 5] = [
    0,
    116,
    116 + 65_552,
    116 + 2 * 65_552,
    116 + LENGTH as u64 + 32 + 3 * 16,
];

/// A phone whose first case has a photo of three chunks, and whose second has another.
fn phone() -> (Officer, Sha256Hash) {
    let mut officer = Officer::new(1);
    officer.start().unwrap();
    let photo = officer.shoot(LENGTH).unwrap();
    officer.save().unwrap();
    officer.shoot(5_000).unwrap();
    officer.save().unwrap();
    officer.close_for_good();
    (officer, photo)
}

/// What is said of a photo, and what is read of it in pieces until that fails.
fn read(store: &Store, photo: Sha256Hash) -> (Vec<Difference>, Vec<u8>) {
    let differences = store.verify().unwrap().differences;
    let mut bytes = Vec::new();
    if let Ok(mut reader) = store.vault().read(photo) {
        while let Ok(Some(piece)) = reader.next_piece() {
            bytes.extend(piece);
        }
    }
    (differences, bytes)
}

fn damage(change: impl Fn(&Officer, &std::path::Path)) {
    let (mut officer, photo) = phone();
    let name = photo.to_string();
    let path = officer
        .data()
        .join("vault")
        .join(&name[..2])
        .join(format!("{name}.xgv"));
    change(&officer, &path);
    officer.start().unwrap();
    let store = officer.store();
    let (differences, bytes) = read(store, photo);
    assert_eq!(differences, [Difference::OriginalDamaged(photo)]);
    assert!(matches!(store.vault().read_all(photo), Err(VaultError::Damaged(hash)) if hash == photo));
    let original = &officer.ledger.known.photos[&photo];
    assert!(original.starts_with(&bytes) && bytes.len() < original.len());
    // The same picture taken once more heals the file.
    officer
        .store()
        .vault()
        .put(&mut original.as_slice(), &crate::phone::note(1))
        .unwrap();
    assert!(officer.store().verify().unwrap().differences.is_empty());
}

#[test]
fn a_flipped_bit_anywhere_in_a_photos_file_is_found_and_no_wrong_byte_is_read() {
    for place in PLACES {
        for offset in [0, 3, 60] {
            damage(|officer, path| officer.disk.flip(path, place + offset, 4).unwrap());
        }
    }
}

#[test]
fn a_photos_file_with_a_dead_sector_is_found() {
    for place in PLACES {
        damage(|officer, path| officer.disk.zero(path, place..place + 512).unwrap());
    }
}

#[test]
fn a_photos_file_that_was_cut_or_lengthened_is_found() {
    for place in PLACES {
        damage(|officer, path| officer.disk.truncate_to(path, place).unwrap());
        damage(|officer, path| officer.disk.truncate_to(path, place + 40).unwrap());
    }
    damage(|officer, path| {
        let length = officer.disk.read(path).unwrap().len() as u64;
        officer.disk.truncate_to(path, length + 1).unwrap();
    });
}

#[test]
fn a_cameras_file_that_no_target_leads_to_is_taken_in_and_does_not_stay_in_clear() {
    let (mut officer, known) = phone();
    officer.start().unwrap();
    officer.use_camera(Camera::Syncs, 600).unwrap();
    officer.remove_photo(officer.ledger.known.draft[0]).unwrap();
    let camera = officer.data().join("camera");
    let stray = officer.photo(800);
    officer.disk.write_raw(&camera.join("stray.jpg"), &stray).unwrap();
    officer
        .disk
        .write_raw(&camera.join("again.jpg"), &officer.ledger.known.photos[&known])
        .unwrap();
    officer.disk.write_raw(&camera.join("empty.jpg"), &[]).unwrap();
    officer.disk.write_raw(&camera.join("half.jpg"), &stray[..500]).unwrap();
    officer.start().unwrap();
    officer.recover().unwrap();
    let found: Vec<_> = officer
        .store()
        .found_photos()
        .unwrap()
        .into_iter()
        .map(|(photo, _)| photo)
        .collect();
    assert_eq!(found, [Sha256Hash::of(&stray)], "a photo of a case is not found anew");
    assert_eq!(
        officer.store().vault().read_all(Sha256Hash::of(&stray)).unwrap(),
        *stray
    );
    assert_eq!(officer.disk.list(&camera).unwrap(), [camera.join("unreadable")]);
    officer.start().unwrap();
    assert!(officer.store().orphans().unwrap().is_empty());
    officer.close();
    assert_eq!(check(&mut officer), Vec::<String>::new());
}
