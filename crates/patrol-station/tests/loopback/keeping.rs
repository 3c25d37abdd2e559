//! Old backups are cleared away, and nothing goes that only they hold.

use std::num::NonZeroU32;
use std::path::Path;

use patrol_domain::Seq;
use patrol_station::{PruneReport, backup, prune, verify};
use reqwest::StatusCode;

use crate::backup::{digest, full, quiet, restore_into, sound, status};
use crate::command::{run, text};
use crate::phone::{Phone, photo_ref, picture};
use crate::server::{Server, files};

fn clear(server: &Server, to: &Path, keep: u32) -> PruneReport {
    prune(&server.station, to, NonZeroU32::new(keep).unwrap()).unwrap()
}

/// A case with a photo arrives, and a backup is made of it.
async fn a_day(server: &Server, phone: &mut Phone, to: &Path, is_verified: bool) -> (String, Vec<u8>) {
    let photo = picture(u8::try_from(phone.ops.len()).unwrap() + 40, 20_000);
    phone.add_case("又一天", vec![photo_ref(&photo)]);
    phone.push(phone.ops.len(), phone.ops.len()).await;
    assert_eq!(phone.put(&photo).await.status(), StatusCode::OK);
    let made = backup(&server.station, to, true, &quiet).unwrap().backup;
    if is_verified {
        sound(to, Some(&server.station));
    }
    (made, photo)
}

fn manifests(to: &Path) -> Vec<String> {
    let names = files(&to.join("manifests"));
    names
        .into_iter()
        .map(|name| name.trim_end_matches(".json").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_verified_backups_stay_and_what_is_newer_and_all_that_is_safe() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, mut photos) = full(&server, 1, 1).await;
    let mut made = Vec::new();
    for is_verified in [true, false, true, true, false] {
        let (backup, photo) = a_day(&server, &mut phone, &to, is_verified).await;
        made.push(backup);
        photos.push(photo);
    }
    let safe = status(&phone).await.safe_seq;
    assert_eq!(safe, Some(Seq(6)));
    let before = files(&to.join("files")).len();
    let report = clear(&server, &to, 2);
    assert_eq!(report.cleared, [made[1].as_str(), made[0].as_str()]);
    assert_eq!(manifests(&to), made[2..]);
    assert!(
        report.needed.is_empty() && report.files == 2,
        "two databases: {report:?}"
    );
    assert_eq!(files(&to.join("files")).len(), before - 2);
    assert_eq!(status(&phone).await.safe_seq, safe);
    for backup in &made[2..] {
        let report = verify(&to, Some(backup), None, &quiet).unwrap();
        assert_eq!(report.faults, Vec::<String>::new());
    }
    // A cut between the station's forgetting and the manifest's end: the next clearing ends it.
    assert_eq!(clear(&server, &to, 2), PruneReport::default());
    assert_eq!(clear(&server, &to, 1).cleared, [made[2].as_str()]);
    assert_eq!(
        clear(&server, &to, 1),
        PruneReport::default(),
        "the last verified one stays"
    );

    let restored = restore_into(&server, &to, "restored", true);
    let server = server.serve_folder(&restored).await;
    let held = server.station.digest(Some(phone.log)).await.unwrap();
    assert_eq!(held[0].to_string(), digest(&phone, &photos).to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_verified_backup_nothing_is_cleared_away() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, _) = full(&server, 1, 1).await;
    for _ in 0..3 {
        a_day(&server, &mut phone, &to, false).await;
    }
    assert_eq!(clear(&server, &to, 1), PruneReport::default());
    assert_eq!(manifests(&to).len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_original_that_the_station_has_lost_stays_in_the_backups_that_stay() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, _) = full(&server, 1, 1).await;
    let (first, photo) = a_day(&server, &mut phone, &to, true).await;
    let name = photo_ref(&photo).sha256.to_string();
    let place = files(&server.data()).into_iter().find(|path| path.contains(&name));
    std::fs::remove_file(server.data().join(place.unwrap())).unwrap();
    let (second, _) = a_day(&server, &mut phone, &to, true).await;
    let (third, _) = a_day(&server, &mut phone, &to, true).await;
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(5)));
    assert_eq!(clear(&server, &to, 1).cleared, [second, first]);
    assert_eq!(manifests(&to), [third]);
    assert_eq!(status(&phone).await.safe_seq, Some(Seq(5)));
    assert!(files(&to.join("files")).iter().any(|path| path.contains(&name)));
    sound(&to, Some(&server.station));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_restored_to_an_earlier_backup_keeps_the_later_one_until_its_phones_have_called() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, _) = full(&server, 1, 1).await;
    let (early, _) = a_day(&server, &mut phone, &to, true).await;
    let restored = restore_into(&server, &to, "restored", true);
    let (late, photo) = a_day(&server, &mut phone, &to, true).await;
    let server = server.serve_folder(&restored).await;
    phone.url.clone_from(&server.url);
    backup(&server.station, &to, true, &quiet).unwrap();
    sound(&to, Some(&server.station));
    let report = clear(&server, &to, 1);
    assert!(
        report.cleared.contains(&early) && report.needed == [late.clone()],
        "{report:?}"
    );
    phone.push(1, phone.ops.len()).await;
    phone.put(&photo).await;
    backup(&server.station, &to, true, &quiet).unwrap();
    sound(&to, Some(&server.station));
    assert!(clear(&server, &to, 1).cleared.contains(&late));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_cleared_beside_a_reader_or_an_unreadable_manifest_and_the_command_says_what_went() {
    let server = Server::start().await;
    let to = server.folder.path().join("backups");
    let (mut phone, _) = full(&server, 1, 1).await;
    let (first, _) = a_day(&server, &mut phone, &to, true).await;
    a_day(&server, &mut phone, &to, true).await;
    let reader = std::fs::File::create(to.join("reading")).unwrap();
    reader.lock_shared().unwrap();
    assert!(clear(&server, &to, 1).is_read);
    drop(reader);
    std::fs::write(to.join("manifests/00-later-version.json"), "{}").unwrap();
    let contents = files(&to.join("files"));
    let report = clear(&server, &to, 1);
    assert_eq!((report.cleared, report.files), (vec![first], 0));
    assert_eq!(report.unreadable, ["00-later-version"]);
    assert_eq!(files(&to.join("files")), contents);
    std::fs::remove_file(to.join("manifests/00-later-version.json")).unwrap();

    let data = server.data();
    let arguments = ["backup", "--data", data.to_str().unwrap(), "--to", to.to_str().unwrap()];
    let said = run(&[&arguments[..], &["--keep", "1"]].concat());
    assert!(
        said.status.success() && text(&said.stdout).contains("contents cleared  1 "),
        "{said:?}"
    );
    let none = run(&[&arguments[..], &["--keep", "0"]].concat());
    assert!(!none.status.success());
}
