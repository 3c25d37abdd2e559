//! A disk that is full at every single point of a commit.

use crate::ledger::{Ledger, Synchronous, path, prepared};

#[test]
fn a_full_disk_refuses_one_commit_and_harms_no_other() {
    let disk = prepared();
    let (mut refusals, mut n) = (0, 1);
    loop {
        let disk = disk.fork(n);
        let mut ledger = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
        for number in 1..=3 {
            ledger.commit(number).unwrap();
        }
        disk.fill_after(n);
        let refused = (4..=40).find_map(|number| Some((number, ledger.commit(number).err()?)));
        let Some((number, error)) = refused else {
            break;
        };
        refusals += 1;
        let code = error.sqlite_error_code();
        let full = [rusqlite::ErrorCode::DiskFull, rusqlite::ErrorCode::SystemIoFailure];
        assert!(code.is_some_and(|code| full.contains(&code)), "{n}: {error}");
        assert_eq!(ledger.check().unwrap(), number - 1, "{n}: read while full");
        disk.free();
        ledger.commit(number).unwrap();
        assert_eq!(ledger.check().unwrap(), number);
        drop(ledger);
        disk.reboot();
        let ledger = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
        assert_eq!(ledger.check().unwrap(), number, "{n}");
        n += 1;
    }
    println!(
        "full at each of {} growing writes: {refusals} commits refused, none lost",
        n - 1
    );
    assert!(refusals > 20);
}

#[test]
fn a_commit_fits_again_once_there_is_more_room() {
    let disk = prepared();
    let mut ledger = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
    ledger.commit(1).unwrap();
    disk.set_capacity(Some(disk.used() + 100));
    let refused = ledger.commit(2).unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
    disk.set_capacity(Some(disk.used() + 50_000));
    ledger.commit(2).unwrap();
    assert_eq!(ledger.check().unwrap(), 2);
}
