//! The station's signing key is replaced: old receipts and certificates stand, and everything else goes on.

use std::fs::File;

use patrol_station::{Layout, StationError, StoreError, backup};
use patrol_verify::verify;
use patrol_wire::KeysReply;
use patrol_wire::station_journal::KIND_STATION_OP;
use patrol_wire::station_key::believe;
use reqwest::StatusCode;

use crate::command::{run, text};
use crate::phone::{Phone, client, photo_ref, picture};
use crate::server::Server;
use crate::transfer::export_of_station;
use crate::trust::{certificate, readmit};

/// What anybody is told of the station's keys.
async fn keys(server: &Server) -> KeysReply {
    let answer = client().get(format!("{}/v1/keys", server.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_key_signs_from_the_next_start_on_and_what_the_old_one_signed_stands() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photo = picture(3, 5_000);
    phone.add_case("囧", vec![photo_ref(&photo)]);
    let first = phone.push(1, 2).await;
    let (_, pulled) = phone.pull_all(None, 10).await;
    let old = server.station.public_key().clone();
    let new = server.station.rotate_key().await.unwrap();
    // Served on by the old one until it is started again.
    phone.add_case("两行", vec![]);
    assert_eq!(phone.push(3, 3).await.receipt.key_id, old.key_id());

    let server = server.restart().await;
    phone.url = server.url.clone();
    assert_eq!(*server.station.public_key(), new);
    let told = keys(&server).await;
    assert_eq!(told.keys, [old.clone(), new.clone()]);
    let station = server.station.store().facts().await.unwrap().station;
    assert_eq!(believe(vec![old.clone()], station, &told.statements), told.keys);
    // The cursor of before is good, and brings the statement.
    let (changes, _) = phone.pull_all(Some(pulled.next), 10).await;
    assert!(
        changes.iter().any(|change| change.kind == KIND_STATION_OP),
        "{changes:?}"
    );
    // The same head has its receipt for ever; a new head gets one by the new key.
    assert_eq!(phone.push(1, 2).await.acked_seq, patrol_domain::Seq(3));
    assert_eq!(first.receipt.key_id, old.key_id());
    phone.station_key = new.clone();
    phone.add_case("以后", vec![]);
    assert_eq!(phone.push(4, 4).await.receipt.key_id, new.key_id());
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);

    // The old key's certificate readmits; the export and the backup hold by either key.
    assert_eq!(readmit(&phone, &certificate(&phone)).await.status(), StatusCode::OK);
    let path = server.folder.path().join("export.tar");
    export_of_station(&server, &path).await;
    for trusted in [old.thumbprint(), new.thumbprint()] {
        let report = verify(File::open(&path).unwrap(), &[trusted]).unwrap();
        assert!(report.failures.is_empty(), "{:?}", report.failures);
    }
    let to = server.folder.path().join("backups");
    backup(&server.station, &to, true, &|_| ()).unwrap();
    let sound = patrol_station::verify(&to, None, Some(&server.station), &|_| ()).unwrap();
    assert_eq!(sound.faults, Vec::<String>::new());
}

#[tokio::test]
async fn of_two_who_replace_the_key_at_once_one_does_and_a_file_that_nobody_names_does_no_harm() {
    let server = Server::start().await;
    server.station.rotate_key().await.unwrap();
    let refused = server.station.rotate_key().await;
    assert!(
        matches!(refused, Err(StationError::Store(StoreError::Unauthorised))),
        "{refused:?}"
    );
    let server = server.restart().await;
    let present = server.station.public_key().clone();
    assert_eq!(keys(&server).await.keys.last(), Some(&present));
    let files = std::fs::read_dir(Layout::new(server.data()).keys()).unwrap();
    let later = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("receipt-")
    });
    assert_eq!(later.count(), 2, "the refused one's file lies there too");
}

#[test]
fn the_program_lists_and_replaces_keys() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert!(run(&["init", "--data", data]).status.success());
    let list = || text(&run(&["key", "list", "--data", data]).stdout).to_owned();
    let before = list();
    assert_eq!(before.lines().count(), 1);
    assert!(run(&["key", "rotate", "--data", data]).status.success());
    assert!(run(&["key", "rotate", "--data", data]).status.success());
    let after = list();
    assert_eq!(after.lines().count(), 3);
    assert!(after.starts_with(&before), "{before}{after}");
}
