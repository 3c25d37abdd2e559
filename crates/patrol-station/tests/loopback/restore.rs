//! A backup becomes a station again: interrupted, without keys, before phones were shut out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use patrol_domain::{Seq, Sha256Hash};
use patrol_station::{
    BackupError, BackupStep, RestoreOptions, Station, StationError, StationOptions, backup, restore, verify,
};
use patrol_wire::{ErrorCode, PushReply, frame};
use reqwest::StatusCode;

use crate::backup::{digest, full, quiet, restore_into, sound, status};
use crate::command::{run, text};
use crate::phone::{client, photo_ref, picture, refusal};
use crate::server::{Server, files, ports};
use crate::trust::{certificate, readmit};

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
