//! The station's own journal: through upgrades, setbacks, restores and exports.

use std::fs::File;
use std::path::Path;

use patrol_domain::{Op, Seq};
use patrol_sqlite::rusqlite::Connection;
use patrol_station::{Station, backup};
use patrol_verify::verify;
use patrol_wire::station_journal::{StationOp, StationOpKind, StationOpenReason};

use crate::backup::restore_into;
use crate::phone::Phone;
use crate::released::put_released;
use crate::server::Server;
use crate::transfer::export_of_station;

/// Every op of every journal of the station's own.
async fn ops(station: &Station) -> Vec<Vec<StationOp>> {
    let mut journals = Vec::new();
    for head in station.store().station_heads().await.unwrap() {
        let rows = station.store().station_ops(head.content.log, Seq(0)).await.unwrap();
        assert_eq!(rows.last().unwrap().at, head.content.at());
        journals.push(rows.iter().map(|row| StationOp::decode(&row.bytes).unwrap()).collect());
    }
    journals
}

fn reasons(journals: &[Vec<StationOp>]) -> Vec<StationOpenReason> {
    let opened = journals.iter().map(|ops| match &ops[0].body {
        StationOpKind::Opened(opened) => opened.reason,
        other => panic!("{other:?}"),
    });
    opened.collect()
}

/// A phone that has brought two ops with one id.
async fn conflicting(server: &Server, number: u8) -> Phone {
    let mut phone = Phone::enrol(server, number).await;
    phone.open_log();
    let first = phone.add_case("第一", vec![]);
    let (second, _) = phone.case("第二", vec![]);
    let second = Op { id: first.id, ..second };
    phone.add(&second, vec![]);
    let codes: Vec<_> = phone
        .push(1, 3)
        .await
        .quarantined
        .into_iter()
        .map(|one| one.code)
        .collect();
    assert_eq!(codes, ["id_conflict"]);
    phone
}

async fn verifies(server: &Server, name: &str) -> usize {
    let path = server.folder.path().join(name);
    export_of_station(server, &path).await;
    let trusted = [server.station.public_key().thumbprint()];
    let report = verify(File::open(&path).unwrap(), &trusted).unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report.manifest.unwrap().station_logs.len()
}

/// The database as the program before this one left it.
fn forget_own_journal(data: &Path) {
    let database = Connection::open(data.join("station.db")).unwrap();
    database
        .execute_batch(
            "DROP TABLE station_conflict; DROP TABLE station_op; DROP TABLE station_journal; DROP TABLE station_key;
             DROP TABLE view_replay;
             DELETE FROM schema_migration WHERE number >= 3; PRAGMA user_version = 2;",
        )
        .unwrap();
}

#[tokio::test]
async fn a_station_of_the_first_release_begins_its_journal_when_it_is_first_opened_and_only_then() {
    let server = Server::start_prepared(put_released).await;
    let begun = ops(&server.station).await;
    assert_eq!(reasons(&begun), [StationOpenReason::First]);
    let server = server.restart().await;
    assert_eq!(ops(&server.station).await, begun);
    verifies(&server, "export.tar").await;
}

#[tokio::test]
async fn what_was_set_aside_before_there_was_a_journal_is_said_in_it_once() {
    let server = Server::start().await;
    conflicting(&server, 1).await;
    let said = ops(&server.station).await;
    let server = server.restart_after(forget_own_journal).await;
    let again = ops(&server.station).await;
    assert_eq!(reasons(&again), [StationOpenReason::First]);
    assert_eq!(again[0].len(), 2);
    assert_eq!(again[0][1].body, said[0][1].body);
    let server = server.restart().await;
    assert_eq!(ops(&server.station).await, again);
    assert_eq!(verifies(&server, "export.tar").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_station_goes_on_behind_what_its_backup_knew_of_its_journal() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    conflicting(&server, 1).await;
    let known = server.station.store().station_heads().await.unwrap();
    backup(&server.station, &to, true, &|_| ()).unwrap();
    // Of this the backup knows nothing: it is lost with the station, and the new journal does not name it.
    conflicting(&server, 2).await;
    let restored = restore_into(&server, &to, "restored", true);
    let server = server.serve_folder(&restored).await;
    let journals = ops(&server.station).await;
    assert_eq!(
        reasons(&journals),
        [StationOpenReason::First, StationOpenReason::Restore]
    );
    let StationOpKind::Opened(opened) = &journals[1][0].body else {
        unreachable!()
    };
    let (named, known) = (opened.predecessor.as_ref().unwrap(), &known[0].content);
    assert_eq!((named.log, named.seq, named.h), (known.log, known.seq, known.head));
    let facts = server.station.store().facts().await.unwrap();
    assert_eq!(opened.epoch, facts.epoch);
    assert_eq!(opened.key_thumbprint, Some(server.station.public_key().thumbprint()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_whose_station_journal_was_changed_is_not_sound() {
    let server = Server::start().await;
    conflicting(&server, 1).await;
    let changes = [
        "UPDATE station_op SET bytes = CAST(replace(CAST(bytes AS TEXT), 'id_conflict', 'id_conflicT') AS BLOB) WHERE seq = 2",
        "DELETE FROM station_conflict; DELETE FROM station_op WHERE seq = 2",
        "UPDATE station_journal SET epoch = 'OTHER'",
    ];
    let before = server.folder.path().join("before.db");
    let mut server = server
        .restart_after(|data| {
            std::fs::copy(data.join("station.db"), &before).unwrap();
        })
        .await;
    for (number, sql) in changes.into_iter().enumerate() {
        let to = server.folder.path().join(format!("backups {number}"));
        let tamper = |data: &Path| {
            std::fs::copy(&before, data.join("station.db")).unwrap();
            Connection::open(data.join("station.db"))
                .unwrap()
                .execute_batch(sql)
                .unwrap();
        };
        server = server.restart_after(tamper).await;
        backup(&server.station, &to, true, &|_| ()).unwrap();
        let faults = patrol_station::verify(&to, None, None, &|_| ()).unwrap().faults;
        assert!(
            faults.len() == 1 && faults[0].starts_with("station journal"),
            "{sql}: {faults:?}"
        );
    }
}
