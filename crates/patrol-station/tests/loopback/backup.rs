//! Backups made while phones push, or killed; and what the suites of restoring, damage and keeping share.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use patrol_domain::digest::JournalDigest;
use patrol_domain::{Seq, Sha256Hash};
use patrol_station::{BackupError, BackupStep, RestoreOptions, Station, VerifyReport, backup, restore, verify};
use patrol_wire::LogStatus;
use reqwest::{Method, StatusCode};

use crate::command::{program, run, text};
use crate::phone::{Phone, photo_ref, picture};
use crate::server::{Server, files, ports};

pub(crate) fn quiet(_: BackupStep) {}

pub(crate) fn sound(folder: &Path, station: Option<&Station>) -> VerifyReport {
    let report = verify(folder, None, station, &quiet).unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    report
}

pub(crate) fn restore_into(server: &Server, folder: &Path, name: &str, marker: bool) -> PathBuf {
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

pub(crate) async fn status(phone: &Phone) -> LogStatus {
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

pub(crate) fn shelf(name: &str) -> String {
    name.chars().take(2).collect()
}

/// Where a content lies in a folder of backups.
pub(crate) fn held(to: &Path, name: &str) -> PathBuf {
    to.join("files").join(shelf(name)).join(name)
}

/// A phone with a journal of `cases` cases of one photo each, all of it brought.
pub(crate) async fn full(server: &Server, number: u8, cases: u8) -> (Phone, Vec<Vec<u8>>) {
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
pub(crate) fn digest(phone: &Phone, photos: &[Vec<u8>]) -> JournalDigest {
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
