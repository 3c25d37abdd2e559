//! The disk has no room for the n-th write, for every n: a clear refusal, nothing by half, and with room again all goes on.

use std::io::Write as _;

use patrol_domain::op::Step;
use patrol_store::{Disk as _, StoreError};

use crate::acts::Camera;
use crate::check::{check, differences};
use crate::officer::Officer;
use crate::phases::busy;

type Act = fn(&mut Officer) -> Result<(), StoreError>;

/// Whether a file can still grow.
fn has_room(officer: &Officer) -> bool {
    let path = officer.disk.root().join("probe");
    let mut file = officer.disk.create(&path).unwrap();
    let grown = file.write_all(b"1").is_ok();
    officer.disk.remove(&path).unwrap();
    grown
}

/// Does the act with room for 0, 1, 2 … growing writes, until there is room for all of them; how many were refused.
fn fill_at_every_write(what: &str, phone: &Officer, act: Act) -> u64 {
    let mut refusals = 0;
    for n in 1.. {
        let mut officer = phone.fork(n);
        officer.start().unwrap();
        officer.disk.fill_after(n);
        let done = act(&mut officer);
        let has_room = has_room(&officer);
        if let Err(refused) = &done {
            assert!(refused.is_disk_full(), "{what}, write {n}: {refused:?}");
            assert!(!has_room, "{what}, write {n}: refused while there was room");
            refusals += 1;
            officer.ledger.refused();
            let half = differences(&officer, &officer.ledger.known).unwrap();
            assert!(half.is_empty(), "{what}, write {n}: {half:#?}");
        }
        officer.disk.free();
        if done.is_err() {
            // An original that reached the vault before its row was refused may come back at the next start.
            let came = officer.ledger.on_their_way.clone();
            act(&mut officer).unwrap();
            officer.ledger.on_their_way.extend(came);
        }
        officer.close();
        let losses = check(&mut officer);
        assert!(losses.is_empty(), "{what}, write {n}: {losses:#?}");
        if has_room {
            // The probe itself takes the write behind the act's last one.
            assert_eq!(
                refusals,
                n - 2,
                "{what}: each of the act's growing writes was refused once"
            );
            println!("{what}: refused at each of {refusals} growing writes");
            return refusals;
        }
    }
    unreachable!("every act comes to an end")
}

#[test]
fn a_save_is_refused_at_any_write_and_nothing_is_saved_by_half() {
    let refused = fill_at_every_write("save", &busy(), |officer| officer.save().map(|_| ()));
    assert!(refused >= 5);
}

#[test]
fn a_photo_is_refused_at_any_write() {
    let phone = busy();
    let refused = fill_at_every_write("photo", &phone, |officer| officer.shoot(70_000).map(|_| ()));
    assert!(refused >= 8);
    let refused = fill_at_every_write("photo of a case", &phone, |officer| {
        let case = *officer.ledger.known.opened().first().unwrap();
        officer.add_case_photo(case, 70_000).map(|_| ())
    });
    assert!(refused >= 8);
}

#[test]
fn a_camera_is_refused_at_any_write() {
    let phone = busy();
    fill_at_every_write("shot that is given up", &phone, |officer| {
        officer.use_camera(Camera::Closes, 0)
    });
    fill_at_every_write("shot", &phone, |officer| officer.use_camera(Camera::Syncs, 40_000));
}

#[test]
fn what_is_typed_and_what_is_done_about_a_case_is_refused_at_any_write() {
    let phone = busy();
    fill_at_every_write("draft", &phone, |officer| officer.type_words(&"字".repeat(2_000)));
    fill_at_every_write("step", &phone, |officer| {
        let case = *officer.ledger.known.opened().first().unwrap();
        officer.step(case, Step::Corrected, "已改正")
    });
    fill_at_every_write("receipt", &phone, |officer| officer.ack(90));
}

#[test]
fn a_full_disk_takes_one_more_case_from_the_reserve_and_then_no_photo() {
    let mut officer = busy().fork(1);
    officer.start().unwrap();
    let reserve = officer.data().join("reserve");
    assert!(officer.disk.length(&reserve).unwrap().is_some());
    officer.disk.set_capacity(Some(officer.disk.used()));
    officer.type_words("满了").unwrap();
    officer.save().unwrap();
    assert_eq!(officer.disk.length(&reserve).unwrap(), None, "it was given up");
    for _ in 0..3 {
        assert!(matches!(officer.shoot(100), Err(StoreError::NoRoom)));
        officer.ledger.refused();
        assert_eq!(
            officer.disk.length(&reserve).unwrap(),
            None,
            "no piece of it takes room"
        );
    }
    for number in 0..40 {
        officer.type_words(&format!("第{number}件")).unwrap();
        officer.save().unwrap();
    }
    officer.disk.free();
    officer.shoot(100).unwrap();
    assert!(officer.disk.length(&reserve).unwrap().is_some());
    officer.close();
    assert_eq!(check(&mut officer), Vec::<String>::new());
}

#[test]
fn a_start_on_a_full_disk_reads_what_is_there_or_says_so() {
    let phone = busy();
    let mut refused = 0;
    for n in 1..40 {
        let mut officer = phone.fork(n);
        officer.disk.fill_after(n);
        match officer.start() {
            Ok(()) => assert!(differences(&officer, &officer.ledger.known).unwrap().is_empty()),
            Err(error) => {
                assert!(error.is_disk_full(), "{error:?}");
                refused += 1;
            }
        }
        officer.disk.free();
        officer.close();
        assert_eq!(check(&mut officer), Vec::<String>::new());
    }
    println!("a start on a full disk: {refused} of 39 refused");
}
