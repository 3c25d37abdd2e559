//! Backups made while phones push, damaged, killed, restored.

use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use patrol_domain::digest::JournalDigest;
use patrol_domain::op::{Body, OriginalLost};
use patrol_domain::{Seq, Sha256Hash};
use patrol_station::{
    BackupError, BackupStep, RestoreOptions, Station, StationError, StationOptions, VerifyReport, backup, restore,
    verify,
};
use patrol_wire::{ErrorCode, LogStatus, PushReply, frame};
use reqwest::{Method, StatusCode};

use crate::command::{program, run, text};
use crate::phone::{Phone, client, photo_ref, picture, refusal};
use crate::server::{Server, copy_folder, files, ports};
use crate::trust::{certificate, readmit};

fn quiet(_: BackupStep) {}

fn sound(folder: &Path, station: Option<&Station>) -> VerifyReport {
    let report = verify(folder, None, station, &quiet).unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    report
}

fn restore_into(server: &Server, folder: &Path, name: &str, marker: bool) -> PathBuf {
    let data = server.folder.path().join(name);
    let options = RestoreOptions {
        from: folder.to_owned(),
        backup: None,
        data: data.clone(),
        marker: marker.then(|| server.data().join("marker")),
    };
    restore(&options, &ports(&server.clock), &quiet).unwrap();
    data
}

async fn status(phone: &Phone) -> LogStatus {
    let path = format!("/v1/logs/{}", phone.log);
    phone
        .call(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

fn shelf(name: &str) -> String {
    name.chars().take(2).collect()
}

/// Where a content lies in a folder of backups.
fn held(to: &Path, name: &str) -> PathBuf {
    to.join("files").join(shelf(name)).join(name)
}

/// A phone with a journal of `cases` cases of one photo each, all of it brought.
async fn full(server: &Server, number: u8, cases: u8) -> (Phone, Vec<Vec<u8>>) {
    let mut phone = Phone::enrol(server, number).await;
    phone.open_log();
    let photos: Vec<Vec<u8>> = (0..cases).map(|one| picture(number * 16 + one + 1, 40_000)).collect();
    for photo in &photos {
        phone.add_case("囧", vec![photo_ref(photo)]);
    }
    phone.push(1, phone.ops.len()).await;
    for photo in &photos {
        assert_eq!(phone.put(photo).await.status(), StatusCode::OK);
    }
    (phone, photos)
}

/// What the station must hold of a phone that has brought everything.
fn digest(phone: &Phone, photos: &[Vec<u8>]) -> JournalDigest {
    let mut digest = JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    for photo in photos {
        digest.add_photo(Sha256Hash::of(photo), photo.len() as u64);
    }
    digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn safe_is_what_a_verified_backup_holds_with_its_photos_and_nothing_before() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, photos) = full(&server, 1, 2).await;
    let late = picture(99, 30_000);
    phone.add_case("photo comes later", vec![photo_ref(&late)]);
    phone.add_case("behind it", vec![]);
    assert_eq!(phone.push(4, 5).await.safe_seq, Seq(0));

    let made = backup(&server.station, &to, true, &quiet).unwrap();
    assert!(made.absent.is_empty() && made.copied == made.files);
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(0)), "made is not verified");
    let report = sound(&to, Some(&server.station));
    assert_eq!(
        (report.ops, report.safe),
        (5, vec![(phone.log, Seq(3))]),
        "up to the photo that is not there"
    );
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(3)));

    phone.put(&late).await;
    phone.add_case("六", vec![]);
    assert_eq!(phone.push(6, 6).await.safe_seq, Seq(3));
    let again = backup(&server.station, &to, true, &quiet).unwrap();
    assert!(again.copied < made.copied, "only what is new: {again:?}");
    sound(&to, Some(&server.station));
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(6)));

    // A backup that is found damaged later counts no more; the earlier one still does.
    let name = Sha256Hash::of(&late).to_string();
    let place = held(&to, &name);
    std::fs::remove_file(&place).unwrap();
    let report = verify(&to, None, Some(&server.station), &quiet).unwrap();
    assert!(
        report
            .faults
            .iter()
            .any(|fault| fault.contains(&name) && fault.contains("missing")),
        "{report:?}"
    );
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(3)));
    // And the next one heals it, also where a damaged file lies in its place.
    std::fs::write(&place, b"rubbish").unwrap();
    backup(&server.station, &to, true, &quiet).unwrap();
    sound(&to, Some(&server.station));
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(6)));
    drop(photos);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_and_a_call_of_every_phone_the_station_holds_the_union() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut early, mut early_photos) = full(&server, 1, 2).await;
    let (lost, _) = full(&server, 2, 1).await;
    backup(&server.station, &to, true, &quiet).unwrap();
    sound(&to, Some(&server.station));
    let before = status(&early).await;
    assert_eq!(before.safe_seq, Some(Seq(3)));

    // Since then: more of an old phone, a new phone, and one that was lost.
    let more = picture(88, 50_000);
    early.add_case("since", vec![photo_ref(&more)]);
    early.push(4, 4).await;
    early.put(&more).await;
    early_photos.push(more.clone());
    let (mut late, late_photos) = full(&server, 3, 2).await;
    let data = server.data();
    let done = run(&[
        "device",
        "lost",
        "--data",
        data.to_str().unwrap(),
        &lost.device.to_string(),
    ]);
    assert!(done.status.success());

    let data = restore_into(&server, &to, "restored", true);
    let server = server.serve_folder(&data).await;
    for phone in [&mut early, &mut late] {
        phone.url.clone_from(&server.url);
    }
    let mut lost = lost;
    lost.url.clone_from(&server.url);
    refusal(lost.push_response(1, 1).await, 401).await;
    refusal(readmit(&lost, &certificate(&lost)).await, 401).await;

    let now = status(&early).await;
    assert_ne!(now.epoch, before.epoch);
    assert_eq!(
        (now.acked_seq, now.safe_seq),
        (Seq(3), Some(Seq(0))),
        "safe is said anew under a new epoch"
    );
    let old = verify(&to, None, Some(&server.station), &quiet).unwrap();
    assert_eq!(
        (old.faults.len(), old.counts),
        (0, Some(false)),
        "sound, and of the epoch before"
    );
    assert_eq!(status(&early).await.safe_seq, Some(Seq(0)));
    assert_eq!(early.push(1, 4).await.missing_photos, [Sha256Hash::of(&more)]);
    assert_eq!(early.put(&more).await.status(), StatusCode::OK);
    refusal(late.push_response(1, 3).await, 401).await;
    assert_eq!(readmit(&late, &certificate(&late)).await.status(), StatusCode::OK);
    assert_eq!(late.push(1, 3).await.missing_photos.len(), 2);
    for photo in &late_photos {
        assert_eq!(late.put(photo).await.status(), StatusCode::OK);
    }
    for (phone, photos) in [(&early, &early_photos), (&late, &late_photos)] {
        let held = server.station.digest(Some(phone.log)).await.unwrap();
        assert_eq!(held.first().unwrap().to_string(), digest(phone, photos).to_string());
    }
    assert_eq!(
        server.station.digest(None).await.unwrap().len(),
        3,
        "what the lost one brought is kept"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_before_the_revocation_without_the_old_marker_says_so_and_keeps_what_the_backup_knows() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (lost, _) = full(&server, 1, 1).await;
    let data = server.data();
    run(&[
        "device",
        "lost",
        "--data",
        data.to_str().unwrap(),
        &lost.device.to_string(),
    ]);
    backup(&server.station, &to, true, &quiet).unwrap();
    let new = server.folder.path().join("new");
    let restored = run(&[
        "restore",
        "--from",
        to.to_str().unwrap(),
        "--data",
        new.to_str().unwrap(),
    ]);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    assert!(text(&restored.stdout).contains("shut out 1") && text(&restored.stdout).contains("no old marker"));
    let again = run(&[
        "restore",
        "--from",
        to.to_str().unwrap(),
        "--data",
        new.to_str().unwrap(),
    ]);
    assert!(text(&again.stderr).contains("is not empty"), "{}", text(&again.stderr));
    let slip = ["--marker", new.to_str().unwrap()];
    let other = server.folder.path().join("other");
    let slipped = run(&[
        &[
            "restore",
            "--from",
            to.to_str().unwrap(),
            "--data",
            other.to_str().unwrap(),
        ][..],
        &slip,
    ]
    .concat());
    assert!(text(&slipped.stderr).contains("no epoch marker") && !other.exists());
    let server = server.serve_folder(&new).await;
    let mut lost = lost;
    lost.url.clone_from(&server.url);
    refusal(lost.push_response(1, 1).await, 401).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_while_phones_push_holds_for_each_op_its_photos_or_does_not_call_it_safe() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let stop = AtomicBool::new(false);
    let started = Phone::enrol(&server, 1).await;
    let pushing = async {
        let mut phone = started;
        phone.open_log();
        phone.push(1, 1).await;
        let mut number = 0u8;
        while !stop.load(Ordering::Relaxed) {
            number = number.wrapping_add(1);
            let photo = [picture(number, 20_000), vec![number; 9]].concat();
            phone.add_case("囧", vec![photo_ref(&photo)]);
            let last = phone.ops.len();
            phone.push(last, last).await;
            assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
        }
        phone
    };
    let station = server.station.clone();
    let backing = tokio::task::spawn_blocking({
        let to = to.clone();
        move || {
            let mut safe = Vec::new();
            while safe.len() < 5 {
                let made = backup(&station, &to, true, &quiet).unwrap();
                assert!(made.absent.is_empty(), "{made:?}");
                let report = sound(&to, Some(&station));
                let (ops, safe_seq) = (report.ops, report.safe.first().map_or(0, |(_, seq)| seq.0));
                // One case at a time is under way, so at most the last op waits for its photo.
                assert!(ops == 0 || safe_seq + 1 >= ops, "{report:?}");
                safe.push(safe_seq);
            }
            safe
        }
    });
    let (phone, safe) = tokio::join!(pushing, async {
        let safe = backing.await;
        stop.store(true, Ordering::Relaxed);
        safe.unwrap()
    });
    assert!(
        safe.is_sorted() && safe.last() > safe.first(),
        "phones pushed meanwhile: {safe:?}"
    );
    assert!(status(&phone).await.safe_seq.unwrap().0 >= *safe.last().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_byte_anywhere_is_named_and_never_restored() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (_phone, photos) = full(&server, 1, 1).await;
    let (photo_name, id) = {
        let made = backup(&server.station, &to, true, &quiet).unwrap();
        (Sha256Hash::of(&photos[0]).to_string(), made.backup)
    };
    let manifest = to.join("manifests").join(format!("{id}.json"));
    let listed: serde_json::Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    let mut tried = 0;
    for file in listed["files"].as_array().unwrap() {
        let (path, name) = (file["path"].as_str().unwrap(), file["sha256"].as_str().unwrap());
        let place = held(&to, name);
        let good = std::fs::read(&place).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        std::fs::write(&place, bad).unwrap();
        let report = verify(&to, None, None, &quiet).unwrap();
        let named = format!("file {path}: damaged");
        assert!(
            report.faults.iter().any(|fault| fault.starts_with(&named)),
            "{path}: {report:?}"
        );
        let data = server.folder.path().join(format!("from damaged {tried}"));
        let options = RestoreOptions {
            from: to.clone(),
            backup: None,
            data: data.clone(),
            marker: None,
        };
        let refused = restore(&options, &ports(&server.clock), &quiet);
        assert!(matches!(refused, Err(BackupError::Damaged { path: named }) if named == path));
        let opened = Station::open(StationOptions::new(&data));
        assert!(
            matches!(opened, Err(StationError::Restoring { .. })),
            "half a station does not open"
        );
        std::fs::write(&place, good).unwrap();
        tried += 1;
    }
    assert!(
        listed.to_string().contains(&photo_name) && tried >= 5,
        "database, photo, settings, keys"
    );

    let good = std::fs::read_to_string(&manifest).unwrap();
    for (from, with) in [("\"bytes\":40000", "\"bytes\":40001"), ("{\"", "{")] {
        assert!(good.contains(from));
        std::fs::write(&manifest, good.replacen(from, with, 1)).unwrap();
        let named = run(&[
            "verify",
            to.to_str().unwrap(),
            "--data",
            server.data().to_str().unwrap(),
        ]);
        assert!(
            !named.status.success() && text(&named.stdout).contains("fault  manifest"),
            "{}",
            text(&named.stdout)
        );
    }
    std::fs::write(&manifest, &good).unwrap();
    let well = run(&[
        "verify",
        to.to_str().unwrap(),
        "--data",
        server.data().to_str().unwrap(),
    ]);
    assert!(
        well.status.success() && text(&well.stdout).contains("is sound"),
        "{}",
        text(&well.stdout)
    );
    let other = Server::start().await;
    let foreign = verify(&to, None, Some(&other.station), &quiet).unwrap();
    assert!(foreign.faults[0].contains("another station's key"), "{foreign:?}");
    assert_eq!(status(&Phone::enrol(&other, 1).await).await.safe_seq, Some(Seq(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_original_that_the_station_lost_is_named_and_holds_back_what_is_safe() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (phone, photos) = full(&server, 1, 3).await;
    let name = Sha256Hash::of(&photos[1]).to_string();
    let place = server
        .data()
        .join("photos")
        .join(shelf(&name))
        .join(format!("{name}.jpg"));
    let mut bytes = std::fs::read(&place).unwrap();
    bytes[20_000] ^= 1;
    std::fs::write(&place, bytes).unwrap();
    let made = backup(&server.station, &to, true, &quiet).unwrap();
    assert!(
        made.absent.len() == 1 && made.absent[0].path.contains(&name),
        "{made:?}"
    );
    assert_eq!(sound(&to, Some(&server.station)).safe, [(phone.log, Seq(2))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_original_that_its_phone_has_given_up_holds_nothing_back_until_it_comes_after_all() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, _) = full(&server, 1, 2).await;
    let lost = picture(99, 30_000);
    let named = photo_ref(&lost);
    phone.add_case("its photo is lost", vec![named.clone()]);
    phone.add_case("behind it", vec![]);
    phone.push(4, 5).await;
    let safe = async || {
        backup(&server.station, &to, true, &quiet).unwrap();
        sound(&to, Some(&server.station));
        status(&phone).await.safe_seq
    };
    assert_eq!(safe().await, Some(Seq(3)), "awaited");
    let says_so = phone.op(Body::OriginalLost(OriginalLost { sha256: named.sha256 }));
    phone.add(&says_so, vec![]);
    phone.push(6, 6).await;
    let safe = async || {
        backup(&server.station, &to, true, &quiet).unwrap();
        sound(&to, Some(&server.station));
        status(&phone).await.safe_seq
    };
    assert_eq!(safe().await, Some(Seq(6)), "given up");
    assert_eq!(phone.put(&lost).await.status(), StatusCode::OK);
    assert_eq!(
        status(&phone).await.safe_seq,
        Some(Seq(3)),
        "it came, and no backup holds it"
    );
    assert_eq!(safe().await, Some(Seq(3)), "by a clock that may be a day wrong");
    server.clock.advance(25 * 60 * 60 * 1000);
    assert_eq!(safe().await, Some(Seq(6)));
}

/// What counts steps and stops dead at one of them, as a kill would: nothing is cleaned up.
fn stop_at(nth: usize) -> impl Fn(BackupStep) + Sync {
    let count = AtomicUsize::new(0);
    move |step| {
        if count.fetch_add(1, Ordering::Relaxed) == nth {
            std::panic::panic_any(format!("stopped at {step:?}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_and_a_restore_stopped_at_any_step_are_not_taken_for_whole_and_go_on() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (phone, photos) = full(&server, 1, 6).await;
    let steps = 3;
    for nth in 0..steps {
        let stopped = catch_unwind(AssertUnwindSafe(|| backup(&server.station, &to, true, &stop_at(nth))));
        assert!(stopped.is_err(), "step {nth} was met");
        let nothing = verify(&to, None, None, &quiet);
        assert!(matches!(nothing, Err(BackupError::None { .. })), "step {nth}");
    }
    let made = backup(&server.station, &to, true, &quiet).unwrap();
    assert!(
        made.copied + photos.len() <= made.files,
        "the originals lay there already: {made:?}"
    );
    sound(&to, None);

    let data = server.folder.path().join("restored");
    let options = RestoreOptions {
        from: to.clone(),
        backup: None,
        data: data.clone(),
        marker: None,
    };
    let mut epochs = Vec::new();
    for nth in 0..steps {
        let stopped = catch_unwind(AssertUnwindSafe(|| {
            restore(&options, &ports(&server.clock), &stop_at(nth))
        }));
        assert!(stopped.is_err(), "step {nth} was met");
        let opened = Station::open(StationOptions::new(&data));
        assert!(matches!(opened, Err(StationError::Restoring { .. })), "step {nth}");
        let initialised = run(&["init", "--data", data.to_str().unwrap()]);
        assert!(!initialised.status.success());
        epochs.extend(std::fs::read_to_string(data.join("marker/marker.json")));
    }
    let report = restore(&options, &ports(&server.clock), &quiet).unwrap();
    assert!(
        epochs.iter().all(|marker| !marker.contains(&report.facts.epoch)),
        "an epoch is never used twice"
    );
    let server = server.serve_folder(&data).await;
    let held = server.station.digest(Some(phone.log)).await.unwrap();
    assert_eq!(held[0].to_string(), digest(&phone, &photos).to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_killed_in_any_phase_leaves_either_a_sound_backup_or_none() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (_phone, _) = full(&server, 1, 8).await;
    let (data, folder) = (server.data(), to.to_str().unwrap().to_owned());
    let mut outcomes = Vec::new();
    for lines in 0..4 {
        let mut child = program(&["backup", "--data", data.to_str().unwrap(), "--to", &folder])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        for _ in 0..lines {
            said.next();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        match verify(&to, None, None, &quiet) {
            Ok(report) => {
                assert_eq!(report.faults, Vec::<String>::new());
                outcomes.push(true);
            }
            Err(BackupError::None { .. }) => outcomes.push(false),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(!outcomes[0], "killed at once, nothing is there");
    let whole = run(&["backup", "--data", data.to_str().unwrap(), "--to", &folder]);
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    sound(&to, Some(&server.station));
    let left = files(&to);
    assert!(!left.iter().any(|name| name.starts_with("incoming")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_without_keys_is_verified_and_restored_and_wants_them_before_it_opens() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (phone, _) = full(&server, 1, 1).await;
    let (data, folder) = (server.data(), to.to_str().unwrap().to_owned());
    let made = run(&[
        "backup",
        "--without-keys",
        "--data",
        data.to_str().unwrap(),
        "--to",
        &folder,
    ]);
    assert!(made.status.success());
    let key = std::fs::read_to_string(data.join("keys/receipt.key")).unwrap();
    for name in files(&to) {
        let bytes = std::fs::read(to.join(name)).unwrap();
        assert!(!bytes.windows(64).any(|window| window == key.trim_end().as_bytes()));
    }
    sound(&to, Some(&server.station));
    let new = restore_into(&server, &to, "keyless", false);
    assert!(matches!(
        Station::open(StationOptions::new(&new)),
        Err(StationError::Key(_))
    ));
    std::fs::copy(data.join("keys/receipt.key"), new.join("keys/receipt.key")).unwrap();
    std::fs::copy(data.join("keys/recovery.pub"), new.join("keys/recovery.pub")).unwrap();
    let server = server.serve_folder(&new).await;
    let mut phone = phone;
    phone.url.clone_from(&server.url);
    let mut head = phone.push_head(1, 2);
    head.epoch = Some("before".to_owned());
    let reply: PushReply = phone
        .push_raw(&head, frame::encode(&phone.ops).unwrap())
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        reply.receipt.verify(&phone.station_key).unwrap().seq,
        Seq(2),
        "the same station"
    );
    let nobody = client().get(format!("{}/v1/caps", server.url)).send().await.unwrap();
    assert_eq!(refusal(nobody, 401).await.code, ErrorCode::Unauthorised);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_whose_rows_were_changed_by_hand_gives_a_backup_that_names_each_change() {
    let server = Server::start().await;
    let (phone, photos) = full(&server, 1, 2).await;
    let (log, clock) = (phone.log, std::sync::Arc::clone(&server.clock));
    let scratch = tempfile::tempdir().unwrap();
    let copies: Vec<PathBuf> = (0..6).map(|one| scratch.path().join(one.to_string())).collect();
    let _server = server
        .restart_after(|data| copies.iter().for_each(|copy| copy_folder(data, copy)))
        .await;
    let photo = Sha256Hash::of(&photos[0]);
    for (data, (sql, named)) in copies.iter().zip([
        (
            "UPDATE journal_op SET bytes = CAST(bytes || ' ' AS BLOB) WHERE seq = 2",
            format!("journal {log}: the chain breaks at position 2"),
        ),
        (
            "DELETE FROM journal_op WHERE seq = 3",
            format!("journal {log}: ends at 2, its row says 3"),
        ),
        (
            "UPDATE journal_part SET value = '改' WHERE seq = 2",
            format!("journal {log}: a part beside position 2 does not fit its seal"),
        ),
        (
            "UPDATE receipt SET receipt = replace(receipt, '\"beacon\":\"', '\"beacon\":\"X')",
            format!("journal {log}: the receipt at position 3 does not fit"),
        ),
        (
            "UPDATE photo_of_device SET receipt = replace(receipt, ':40000', ':40001')",
            format!("photo {photo}: the receipt of phone {} does not fit", phone.device),
        ),
        (
            "UPDATE journal_op SET bytes = x'00', hash = x'00' WHERE seq = 1",
            "database: ".to_owned(),
        ),
    ]) {
        let database = patrol_sqlite::rusqlite::Connection::open(data.join("station.db")).unwrap();
        database.pragma_update(None, "foreign_keys", false).unwrap();
        assert!(database.execute(sql, []).unwrap() > 0, "{sql}");
        drop(database);
        let station = Station::open(StationOptions {
            data: data.clone(),
            ports: ports(&clock),
            storage: patrol_station::Storage::Threads,
            settings: Vec::new(),
        })
        .unwrap();
        let to = data.join("backups");
        backup(&station, &to, true, &quiet).unwrap();
        let report = verify(&to, None, Some(&station), &quiet).unwrap();
        assert!(
            report.faults.iter().any(|fault| fault.starts_with(&named)),
            "{sql}: {report:?}"
        );
        assert_eq!(report.counts, Some(false));
    }
}
