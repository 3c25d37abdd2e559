//! I8 and I9 over the whole way: a station put back to an earlier state, with its marker or without; a phone that was
//! copied with everything, and whose copy calls first; a lost phone whose export is taken in.

use std::collections::BTreeSet;
use std::path::Path;

use crate::near::{Line, NearPhone, NearStation};
use crate::process::{Phone, Station, assert_equal, run, succeed, text};

/// How many rounds each phone may take after the worst.
const ROUNDS: usize = 3;

fn cases(phone: &NearPhone) -> BTreeSet<String> {
    let page = phone.app.cases(None, 50).unwrap();
    page.rows.into_iter().map(|row| row.case_id).collect()
}

/// All of a machine was set back: nothing at the station can know. What phones remember begins a new epoch, and
/// everything comes again, from a phone too that was enrolled since.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_set_back_with_its_marker_begins_one_new_epoch_and_gets_everything_again() {
    let mut station = NearStation::serving(Line::Tls).await;
    let mut first = NearPhone::enrolled(&station, 1).await;
    let case = first.record().await;
    first.settle(1).await;
    let snapshot = station.snapshot().await;

    first.act(case);
    first.add_photo(case, 640, 480);
    first.settle(1).await;
    let mut second = NearPhone::enrolled(&station, 2).await;
    second.record().await;
    second.settle(1).await;
    let before = station.epoch(&first).await;

    station.put_back(&snapshot).await;
    for phone in [&mut second, &mut first] {
        let mine = phone.record().await;
        phone.settle(ROUNDS).await;
        phone.act(mine);
        phone.settle(1).await;
        phone.assert_equal(&station).await;
    }
    let after = station.epoch(&first).await;
    assert_ne!(
        after, before,
        "what was signed for and is not held is told by a new epoch"
    );
    for phone in [&first, &second] {
        phone.settle(1).await;
        phone.assert_equal(&station).await;
        assert_eq!(station.epoch(phone).await, after, "one, and not one for each phone");
    }
    let counts = station.overview().await.counts;
    assert_eq!((counts.devices, counts.cases), (2, 4));
}

/// The answer by the new key comes before the phone has heard of it; then the station is set back to before the new key.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_follows_its_station_to_another_key_and_back_in_the_same_round() {
    let mut station = NearStation::serving(Line::Tls).await;
    let mut phone = NearPhone::enrolled(&station, 1).await;
    let case = phone.record().await;
    phone.settle(1).await;
    let snapshot = station.snapshot().await;
    let old = station.station.public_key().clone();

    let mut later = Vec::new();
    for number in 1..=2 {
        let code = station.code().await;
        let new = station.station.rotate_key().await.unwrap();
        station.restart().await;
        assert_eq!(*station.station.public_key(), new);
        phone.restart();
        phone.add_photo(case, 640, 480);
        phone.act(case);
        phone.settle(1).await;
        phone.assert_equal(&station).await;
        phone.app.add_officer(&station.code().await).await.unwrap();
        phone.settle(1).await;
        // The code names the key before: what ties the two is in the answer.
        let mut since = NearPhone::new(1 + number);
        since.app.enrol(&code).await.unwrap();
        since.record().await;
        since.settle(1).await;
        since.assert_equal(&station).await;
        later.push(since);
    }
    // A key that is announced before it is used is known by the pull.
    station.station.rotate_key().await.unwrap();
    phone.record().await;
    phone.settle(1).await;

    station.put_back(&snapshot).await;
    assert_eq!(*station.station.public_key(), old, "the backup knows the old key alone");
    phone.record().await;
    phone.settle(ROUNDS).await;
    phone.assert_equal(&station).await;
    // Their certificates are by keys that this station has never heard of; they bring the statements along.
    for since in &mut later {
        since.restart();
        since.record().await;
        since.settle(ROUNDS).await;
        since.assert_equal(&station).await;
    }
    // From there it goes to another key than it once did.
    station.station.rotate_key().await.unwrap();
    station.restart().await;
    phone.record().await;
    phone.settle(1).await;
    phone.assert_equal(&station).await;
    assert_eq!(
        station.overview().await.counts.cases,
        8,
        "nothing lost, nothing doubled"
    );
}

/// The marker was copied too, so that both believe to be the one: the station tells them apart.
#[tokio::test(flavor = "multi_thread")]
async fn a_clone_that_calls_first_and_the_phone_that_it_was_made_of_lose_nothing() {
    let station = NearStation::serving(Line::Tls).await;
    let mut phone = NearPhone::enrolled(&station, 1).await;
    phone.record().await;
    phone.settle(1).await;
    // Not sent before the copy is made: both will bring it.
    phone.record().await;
    let mut clone = phone.clone_with_everything(2);
    let (ours, theirs) = (phone.record().await.to_string(), clone.record().await.to_string());
    let log = phone.log();
    assert_eq!(clone.log(), log);

    clone.settle(ROUNDS).await;
    assert_eq!(clone.log(), log, "who calls first goes on");
    phone.settle(ROUNDS).await;
    assert_ne!(phone.log(), log, "the other begins a journal of its own");
    for one in [&phone, &clone] {
        one.settle(ROUNDS).await;
        one.assert_equal(&station).await;
    }
    assert_eq!(station.overview().await.counts.cases, 4, "what both had is one case");
    assert!(cases(&phone).contains(&ours) && cases(&clone).contains(&theirs));
    // From here on they do not meet again.
    for one in [&mut clone, &mut phone] {
        one.record().await;
        one.settle(1).await;
        one.assert_equal(&station).await;
    }
    assert_eq!(station.overview().await.counts.cases, 6);
}

/// The id of the one phone that the station knows.
async fn only_device(station: &Path) -> String {
    let list = succeed("patrol-station", &["device", "list", "--data", text(station), "--json"]).await;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    list[0]["device"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_a_stranger_and_what_it_had_comes_in_as_a_sealed_export() {
    let mut station = Station::serving().await;
    let mut phone = Phone::enrolled(&station).await;
    let sent = vec![phone.picture(640, 480)];
    phone.record(&[sent]).await;
    phone.sync().await;
    let unsent = vec![
        vec![phone.picture(640, 480), phone.picture(800, 600)],
        vec![phone.picture(320, 240)],
    ];
    phone.record(&unsent).await;
    let device = only_device(&station.data).await;
    succeed(
        "patrol-station",
        &["device", "lost", "--data", text(&station.data), &device],
    )
    .await;
    let (arrived, told) = phone.sync_once().await;
    assert!(!arrived, "{told}");

    let folder = tempfile::tempdir().unwrap();
    let sealed = folder.path().join("phone.xgs");
    succeed(
        "patrol-headless",
        &["export", "--data", phone.data(), "--out", text(&sealed), "--sealed"],
    )
    .await;
    let bytes = std::fs::read(&sealed).unwrap();
    let plate = "A8K3R7".as_bytes();
    assert!(
        !bytes.windows(plate.len()).any(|window| window == plate),
        "nothing of it can be read"
    );
    station.kill().await;
    for _ in 0..2 {
        // Twice is once.
        succeed(
            "patrol-station",
            &["log", "import", text(&sealed), "--data", text(&station.data)],
        )
        .await;
        let here = phone.digest().await;
        let log = here.split_whitespace().nth(1).unwrap();
        assert_eq!(station.digest(log).await, here);
    }
    station.start().await;
    let output = run("patrol-headless", &["sync", "--data", phone.data(), "--once"]).await;
    assert!(!output.status.success(), "it stays a stranger");
}

/// The station's command on these folders.
async fn station(args: &[&str]) -> String {
    succeed("patrol-station", args).await
}

/// One backup, verified, so that it counts as safe.
async fn back_up(data: &Path, backups: &Path) {
    station(&["backup", "--data", text(data), "--to", text(backups)]).await;
    station(&["verify", text(backups), "--data", text(data)]).await;
}

/// Backups at three moments; each is restored, with a phone enrolled since and one reported lost since.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_restored_to_any_backup_holds_the_union_when_every_phone_has_called() {
    let mut at = Station::serving().await;
    let backups = tempfile::tempdir().unwrap();
    let (mut first, mut lost) = (Phone::enrolled(&at).await, Phone::enrolled(&at).await);
    let mut made = Vec::new();
    for round in 0..3 {
        for phone in [&mut first, &mut lost] {
            let pictures = vec![phone.picture(640, 480)];
            phone.record(&[pictures]).await;
            phone.sync().await;
        }
        let folder = backups.path().join(round.to_string());
        back_up(&at.data, &folder).await;
        made.push(folder);
    }
    let mut since = Phone::enrolled(&at).await;
    let pictures = vec![since.picture(640, 480)];
    since.record(&[pictures]).await;
    since.sync().await;
    let log = lost.digest().await.split_whitespace().nth(1).unwrap().to_owned();
    let list = station(&["device", "list", "--data", text(&at.data), "--json"]).await;
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    let row = list.iter().find(|row| row.to_string().contains(&log)).unwrap();
    station(&[
        "device",
        "lost",
        "--data",
        text(&at.data),
        row["device"].as_str().unwrap(),
    ])
    .await;

    for folder in made.into_iter().rev() {
        at.kill().await;
        let marker = at.data.join("marker");
        let restored = tempfile::tempdir().unwrap();
        let (to, kept) = (restored.path().join("station"), restored.path().join("marker"));
        crate::near::copy_folder(&marker, &kept);
        station(&[
            "restore",
            "--from",
            text(&folder),
            "--data",
            text(&to),
            "--marker",
            text(&kept),
        ])
        .await;
        std::fs::remove_dir_all(&at.data).unwrap();
        crate::near::copy_folder(&to, &at.data);
        at.start().await;
        for phone in [&mut since, &mut first] {
            let pictures = vec![phone.picture(320, 240)];
            phone.record(&[pictures]).await;
            phone.sync().await;
            assert_equal(phone, &at).await;
        }
        let (arrived, told) = lost.sync_once().await;
        assert!(!arrived, "lost before the restore, lost after it: {told}");
    }
}
