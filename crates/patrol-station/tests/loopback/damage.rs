//! Whatever was changed in a backup, or in the station before it, is named.

use std::path::PathBuf;

use patrol_domain::op::{Body, OriginalLost};
use patrol_domain::{Seq, Sha256Hash};
use patrol_station::{BackupError, RestoreOptions, Station, StationError, StationOptions, backup, restore, verify};
use reqwest::StatusCode;

use crate::backup::{full, held, quiet, shelf, sound, status};
use crate::command::{run, text};
use crate::phone::{Phone, photo_ref, picture};
use crate::server::{Server, copy_folder, ports};

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
