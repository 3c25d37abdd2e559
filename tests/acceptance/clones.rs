//! A phone that was copied whole, marker included, or put back whole: nothing on it tells, and the station does. It goes on
//! in a journal of its own, nothing is lost, and no case comes twice.

use std::collections::BTreeSet;
use std::path::Path;

use patrol_sqlite::rusqlite::{Connection, OpenFlags};

use crate::process::{Phone, Station, assert_equal};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn recorded(phone: &mut Phone, cases: usize) {
    let pictures: Vec<Vec<String>> = (0..cases).map(|_| vec![phone.picture(320, 240)]).collect();
    phone.record(&pictures).await;
}

async fn log(phone: &Phone) -> String {
    phone.digest().await.split_whitespace().nth(1).unwrap().to_owned()
}

/// Case ids and numbers.
async fn cases(phone: &Phone) -> (BTreeSet<String>, BTreeSet<String>) {
    let status = phone.status().await;
    let all = |name: &str| {
        let cases = status["cases"].as_array().unwrap().iter();
        cases.map(|case| case[name].as_str().unwrap().to_owned()).collect()
    };
    (all("case_id"), all("number"))
}

/// The cases that the station shows.
fn shown(station: &Station) -> usize {
    let path = station.data.join("station.db");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = connection.query_row("SELECT count(*) FROM view_case", [], |row| row.get::<_, i64>(0));
    usize::try_from(count.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_whole_copies_the_one_that_comes_second_goes_on_in_a_journal_of_its_own() {
    let station = Station::serving().await;
    let mut first = Phone::enrolled(&station).await;
    recorded(&mut first, 2).await;
    first.sync().await;
    recorded(&mut first, 1).await;
    let mut second = Phone::new();
    copy(&first.data, &second.data);
    // Nothing may look the same by chance.
    for _ in 0..50 {
        second.picture(8, 8);
    }
    recorded(&mut second, 1).await;
    second.sync().await;
    recorded(&mut first, 2).await;
    let before = log(&first).await;
    assert_eq!(before, log(&second).await, "nothing on the phones tells them apart");

    let told = first.sync().await;
    assert!(told.contains("a new journal begins: fork"), "{told}");
    assert_ne!(log(&first).await, before);
    assert_eq!(log(&second).await, before, "the one that came first keeps its journal");
    for phone in [&first, &second] {
        phone.verify().await;
        phone.sync().await;
        assert_equal(phone, &station).await;
    }
    let (of_first, of_second) = (cases(&first).await, cases(&second).await);
    assert_eq!((of_first.0.len(), of_second.0.len()), (5, 4));
    assert_eq!(
        of_first.0.intersection(&of_second.0).count(),
        3,
        "what both had is one case"
    );
    assert_eq!(shown(&station), 6, "each case once");

    // From here on no number is given out twice: one has a mark, and the other has heard of the first one's numbers.
    second.sync().await;
    let given: BTreeSet<String> = of_first.1.union(&of_second.1).cloned().collect();
    for phone in [&mut first, &mut second] {
        recorded(phone, 1).await;
        phone.sync().await;
        assert_equal(phone, &station).await;
    }
    let (of_first, of_second) = (cases(&first).await, cases(&second).await);
    let new = |numbers: &BTreeSet<String>| numbers.difference(&given).cloned().collect::<BTreeSet<_>>();
    let (new_of_first, new_of_second) = (new(&of_first.1), new(&of_second.1));
    assert_eq!((new_of_first.len(), new_of_second.len()), (1, 1));
    assert!(new_of_first.is_disjoint(&new_of_second));
    assert_eq!(shown(&station), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_put_back_whole_goes_on_in_a_new_journal_whether_or_not_it_recorded_meanwhile() {
    for recorded_meanwhile in [0, 1] {
        let station = Station::serving().await;
        let mut phone = Phone::enrolled(&station).await;
        recorded(&mut phone, 2).await;
        phone.sync().await;
        let older = tempfile::tempdir().unwrap();
        let older = older.path().join("older");
        copy(&phone.data, &older);
        recorded(&mut phone, 2).await;
        phone.sync().await;
        let (before, numbers) = (log(&phone).await, cases(&phone).await.1);
        std::fs::remove_dir_all(&phone.data).unwrap();
        copy(&older, &phone.data);

        if recorded_meanwhile > 0 {
            recorded(&mut phone, recorded_meanwhile).await;
        }
        let told = phone.sync().await;
        let reason = ["rollback", "fork"][recorded_meanwhile];
        assert!(told.contains(&format!("a new journal begins: {reason}")), "{told}");
        assert_ne!(log(&phone).await, before);
        recorded(&mut phone, 1).await;
        phone.sync().await;
        assert_equal(&phone, &station).await;
        assert_eq!(shown(&station), 5 + recorded_meanwhile);
        let given = cases(&phone).await.1;
        assert_eq!(
            given.difference(&numbers).count(),
            1,
            "a number with the new journal's mark"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_station_put_back_to_before_an_earlier_journals_end_gets_that_again_too() {
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    recorded(&mut phone, 1).await;
    phone.sync().await;
    station.kill().await;
    let older = tempfile::tempdir().unwrap();
    let older = older.path().join("older");
    copy(&station.data, &older);
    station.start().await;
    recorded(&mut phone, 2).await;
    phone.sync().await;
    std::fs::remove_file(phone.data.join("keys/marker.json")).unwrap();
    recorded(&mut phone, 1).await;
    phone.sync().await;
    assert_equal(&phone, &station).await;

    station.kill().await;
    std::fs::remove_dir_all(&station.data).unwrap();
    copy(&older, &station.data);
    station.start().await;
    assert_eq!(shown(&station), 1);
    phone.sync().await;
    assert_equal(&phone, &station).await;
    assert_eq!(shown(&station), 4, "two of them stood in the earlier journal");
    phone.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_pause_nothing_goes_on_a_network_that_costs_only_originals_wait_and_a_tap_overrides_once() {
    let station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let configure = async |phone: &Phone, args: &[&str]| {
        let args = [&["configure", "--data", phone.data()], args].concat();
        crate::process::succeed("patrol-headless", &args).await;
    };
    let sync = async |phone: &Phone, args: &[&str]| {
        let args = [&["sync", "--data", phone.data(), "--once"], args].concat();
        let output = crate::process::run("patrol-headless", &args).await;
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let waits = async |phone: &Phone| {
        let status = phone.status().await;
        let record = status["cases"].as_array().unwrap().last().unwrap()["record_at_station"].clone();
        (
            record.as_bool().unwrap(),
            status["sync"]["on_phone"]["photos"].as_u64().unwrap(),
        )
    };
    recorded(&mut phone, 1).await;
    configure(&phone, &["--paused"]).await;
    assert_eq!(sync(&phone, &[]).await.0, 3);
    assert_eq!(waits(&phone).await, (false, 1));
    configure(&phone, &["--only-unmetered"]).await;
    assert_eq!(sync(&phone, &["--network", "metered"]).await.0, 3);
    assert_eq!(waits(&phone).await, (true, 1), "the record goes, its original waits");
    let (code, told) = sync(&phone, &["--network", "metered", "--now", "--progress"]).await;
    assert_eq!(code, 0, "{told}");
    assert_equal(&phone, &station).await;
    let last = told.lines().rfind(|line| line.starts_with('{')).unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    let progress = &last["progress"];
    assert_eq!(
        (
            &progress["records_left"],
            &progress["photos_left"],
            &progress["bytes_left"]
        ),
        (&0.into(), &0.into(), &0.into())
    );
    assert!(progress["bytes_sent"].as_u64().unwrap() > 1_000, "{progress}");
    recorded(&mut phone, 1).await;
    assert_eq!(
        sync(&phone, &["--network", "metered"]).await.0,
        3,
        "the tap counted once"
    );
    assert_eq!(sync(&phone, &["--network", "unmetered"]).await.0, 0);
    assert_equal(&phone, &station).await;
}
