//! 500 power cuts in each mode.

use patrol_testkit::{CrashDisk, Weakness};

use crate::ledger::{Ledger, SCHEMA, Synchronous, path, prepared};

const CUTS: u64 = 500;
const COMMITS: i64 = 24;

/// What came of all cuts in one mode.
#[derive(Debug, Default)]
struct Outcome {
    acknowledged: i64,
    /// Cuts that lost a commit which had been acknowledged.
    losing: u64,
    lost: i64,
    /// Cuts after which the file could not be read in full or held half a commit.
    corrupt: u64,
}

/// Commits until the power goes; how many were acknowledged.
fn commit_until_the_cut(disk: &CrashDisk, synchronous: Synchronous) -> i64 {
    let Ok(mut ledger) = Ledger::open(&path(disk), synchronous) else {
        return 0;
    };
    (1..=COMMITS)
        .take_while(|number| ledger.commit(*number).is_ok())
        .count() as i64
}

fn cut_often(synchronous: Synchronous, weakness: Option<Weakness>) -> Outcome {
    let disk = prepared();
    let whole = disk.fork(0);
    if let Some(weakness) = weakness {
        whole.weaken(weakness);
    }
    assert_eq!(commit_until_the_cut(&whole, synchronous), COMMITS);
    let operations = whole.operations();
    let mut outcome = Outcome::default();
    for cut in 0..CUTS {
        let disk = disk.fork(cut);
        if let Some(weakness) = weakness {
            disk.weaken(weakness);
        }
        disk.cut_after(1 + cut * 7919 % operations);
        let acknowledged = commit_until_the_cut(&disk, synchronous);
        assert!(disk.is_off());
        disk.reboot();
        outcome.acknowledged += acknowledged;
        match Ledger::open(&path(&disk), synchronous).and_then(|ledger| Ok((ledger.check()?, ledger.check_pages()?))) {
            Ok((found, true)) => {
                assert!(found <= acknowledged + 1, "nothing that was never asked for");
                outcome.lost += (acknowledged - found).max(0);
                outcome.losing += u64::from(found < acknowledged);
            }
            Ok((_, false)) | Err(_) => outcome.corrupt += 1,
        }
    }
    println!("{synchronous:?} {weakness:?}: {CUTS} cuts among {operations} operations: {outcome:?}");
    outcome
}

#[test]
fn full_loses_nothing_that_was_acknowledged() {
    let outcome = cut_often(Synchronous::Full, None);
    assert_eq!((outcome.losing, outcome.lost, outcome.corrupt), (0, 0, 0));
}

#[test]
fn normal_loses_commits_and_its_emulation_as_many() {
    let real = cut_often(Synchronous::Normal, None);
    let emulated = cut_often(Synchronous::Full, Some(Weakness::NormalSynchronous));
    assert_eq!((real.corrupt, emulated.corrupt), (0, 0));
    assert!(real.losing > CUTS / 4, "{real:?}");
    assert!(
        real.losing.abs_diff(emulated.losing) <= CUTS / 10,
        "{real:?} {emulated:?}"
    );
}

#[test]
fn off_corrupts() {
    let outcome = cut_often(Synchronous::Off, None);
    assert!(outcome.corrupt > CUTS / 4, "{outcome:?}");
}

/// Makes a ledger on an empty disk; how many commits were acknowledged, or an error when its tables were not.
fn make(disk: &CrashDisk) -> rusqlite::Result<i64> {
    let mut ledger = Ledger::open(&path(disk), Synchronous::Full)?;
    ledger.0.execute_batch(SCHEMA)?;
    Ok((1..=3).take_while(|number| ledger.commit(*number).is_ok()).count() as i64)
}

#[test]
fn a_database_that_is_being_made_is_there_or_can_be_made_again() {
    let whole = CrashDisk::new(0);
    assert_eq!(make(&whole).unwrap(), 3);
    let mut cuts = 0;
    for n in 1..=whole.operations() {
        for seed in 0..24 {
            let disk = CrashDisk::new(n * 1000 + seed);
            disk.cut_after(n);
            let acknowledged = make(&disk);
            assert!(disk.is_off());
            disk.reboot();
            cuts += 1;
            let at = format!("{:?}, seed {seed}, {:?}", disk.cut_at(), disk.files());
            let ledger = Ledger::open(&path(&disk), Synchronous::Full).expect(&at);
            if let Ok(acknowledged) = acknowledged {
                assert!(ledger.check().expect(&at) >= acknowledged, "{at}");
            } else {
                let count = "SELECT count(*) FROM sqlite_schema";
                let tables: i64 = ledger.0.query_row(count, [], |row| row.get(0)).expect(&at);
                assert!([0, 2].contains(&tables), "{at}: {tables}");
            }
            assert!(ledger.check_pages().expect(&at), "{at}");
        }
    }
    println!(
        "a database in the making: {cuts} cuts at {} operations, none lost",
        whole.operations()
    );
}

#[test]
fn the_same_seed_gives_the_same_outcome() {
    let disk = prepared();
    let run = |cut: u64| {
        let disk = disk.fork(cut);
        disk.cut_after(20 + cut);
        let acknowledged = commit_until_the_cut(&disk, Synchronous::Normal);
        disk.reboot();
        let lengths: Vec<_> = disk.files().iter().map(|path| disk.read(path).unwrap().len()).collect();
        let found = Ledger::open(&path(&disk), Synchronous::Normal)
            .unwrap()
            .check()
            .unwrap();
        (disk.cut_at(), acknowledged, lengths, found)
    };
    for cut in 0..40 {
        assert_eq!(run(cut), run(cut));
    }
}

#[test]
fn a_cut_ends_all_threads_and_what_they_were_told_is_there() {
    let disk = prepared();
    let mut told = 0;
    for cut in 0..40 {
        let disk = disk.fork(cut);
        disk.cut_after(30 + cut * 3);
        let acknowledged = std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let Ok(reader) = Ledger::open(&path(&disk), Synchronous::Full) else {
                        return;
                    };
                    let read = || {
                        reader
                            .0
                            .query_row("SELECT count(*) FROM b", [], |row| row.get::<_, i64>(0))
                    };
                    while read().is_ok() {}
                });
            }
            let acknowledged = commit_until_the_cut(&disk, Synchronous::Full);
            // Readers may have kept the log from beginning anew, so that there were too few operations for the cut.
            disk.cut();
            acknowledged
        });
        disk.reboot();
        let ledger = Ledger::open(&path(&disk), Synchronous::Full).unwrap();
        assert!(ledger.check().unwrap() >= acknowledged, "{:?}", disk.cut_at());
        told += acknowledged;
    }
    assert!(told > 200, "{told} commits");
}

#[test]
fn without_the_folders_sync_a_new_database_is_lost() {
    let lost = (0..100).filter(|seed| {
        let disk = CrashDisk::new(*seed);
        disk.weaken(Weakness::NoFolderSync);
        assert_eq!(make(&disk).unwrap(), 3);
        disk.reboot();
        let found = Ledger::open(&path(&disk), Synchronous::Full).and_then(|ledger| ledger.check());
        found.unwrap_or(0) < 3
    });
    let lost = lost.count();
    println!("a database whose folder was not synced: {lost} of 100 lost commits");
    assert!(lost > 25);
}
