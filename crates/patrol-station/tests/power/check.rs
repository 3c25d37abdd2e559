//! Comparing a station that had its power cut with what it had answered for.

use std::collections::BTreeSet;

use patrol_domain::{Body, Op, Sha256Hash};
use patrol_sqlite::Disk as _;
use patrol_sqlite::rusqlite::Connection;
use patrol_station::{StationError, StoreError};
use patrol_wire::PublicKey;

use crate::phone::Phone;
use crate::scene::{Scene, at_once};

/// Everything that is not as it was answered for, in words; empty when the promise was kept.
pub(crate) type Losses = Vec<String>;

/// Opens the station, compares it with the ledger, lets every phone bring the rest, and compares again.
pub(crate) fn check(scene: &mut Scene) -> Losses {
    let mut losses = Losses::new();
    if let Err(error) = start(scene, &mut losses) {
        losses.push(format!("the station does not open: {error:?}"));
    }
    if !losses.is_empty() {
        return losses;
    }
    if let Err(error) = compare(scene, &mut losses) {
        losses.push(format!("the station refuses: {error:?}"));
    }
    if losses.is_empty()
        && let Err(error) = go_on(scene, &mut losses)
    {
        losses.push(format!("the station refuses what is left: {error:?}"));
    }
    losses
}

/// A folder with settings is a whole station; one without was never said to be one, and is made again elsewhere.
fn start(scene: &mut Scene, losses: &mut Losses) -> Result<(), StationError> {
    let key = scene.ledger.key.clone();
    match scene.start() {
        Err(StationError::NotInitialised { path }) if !scene.ledger.is_made => {
            if path != scene.layout().config() {
                losses.push(format!("settings, but no {}", path.display()));
            }
            return Ok(());
        }
        other => other?,
    }
    let present = scene.station().public_key().clone();
    let before = key.filter(|key| *key != present);
    // A key that was asked for and not answered may sign or not; it then stands right behind the one before.
    let keys = at_once(scene.station().store().station_keys())?.keys;
    let follows = |before: &PublicKey| keys.ends_with(&[before.clone(), present.clone()]);
    if before.is_some_and(|before| !(scene.ledger.is_rotating && follows(&before))) {
        losses.push("the station has another key".into());
    }
    Ok(())
}

fn compare(scene: &mut Scene, losses: &mut Losses) -> Result<(), StoreError> {
    if scene.ledger.key.is_none() {
        return Ok(());
    }
    let mut held = 0;
    for index in 0..scene.phones.len() {
        held += compare_phone(scene, index, losses)?;
    }
    compare_life(scene, losses)?;
    let connection = scene.connect();
    compare_rows(&connection, held, losses);
    compare_files(scene, &connection, losses);
    let counts = at_once(scene.station().store().overview())?.counts;
    if counts.ops != held as u64 {
        losses.push(format!("{} ops are counted instead of {held}", counts.ops));
    }
    Ok(())
}

/// Who was shut out still is; database and marker agree on an epoch, and none that is over has come back.
fn compare_life(scene: &Scene, losses: &mut Losses) -> Result<(), StoreError> {
    let station = scene.station();
    let devices = at_once(station.store().list_devices())?;
    let active = devices.iter().filter(|row| row.revoked.is_none());
    for row in active.filter(|row| scene.ledger.revoked.contains(&row.device)) {
        losses.push(format!("device {} was shut out and is let in", row.device));
    }
    let epoch = at_once(station.store().facts())?.epoch;
    let over = scene.ledger.epochs.split_last().map_or(&[][..], |(_, over)| over);
    if over.contains(&epoch) {
        losses.push(format!("epoch {epoch} was over"));
    }
    let marker = scene
        .disk
        .read(&scene.layout().marker().join("marker.json"))
        .unwrap_or_default();
    if !String::from_utf8_lossy(&marker).contains(&epoch) {
        losses.push(format!("the marker does not know epoch {epoch}"));
    }
    Ok(())
}

/// How many ops the station holds of this phone.
fn compare_phone(scene: &mut Scene, index: usize, losses: &mut Losses) -> Result<usize, StoreError> {
    let station = scene.station();
    let phone = &mut scene.phones[index];
    let Some(enrolled) = phone.enrolled.clone() else {
        return Ok(0);
    };
    let secret = [u8::try_from(index + 1).unwrap(); 32];
    match at_once(station.store().admit(enrolled.device, Sha256Hash::of(&secret))) {
        Ok(device) if device == phone.device() => {}
        other => losses.push(format!("phone {index} is not admitted: {other:?}")),
    }
    match at_once(station.store().enrol(phone.request.clone())) {
        Ok(again) if again == enrolled => {}
        other => losses.push(format!("phone {index} enrols again and gets {other:?}")),
    }
    let status = at_once(station.store().log_status(enrolled.device, phone.log, None))?;
    let count = usize::try_from(status.acked_seq.0).unwrap();
    if count < phone.acked {
        losses.push(format!("op {} of phone {index} is lost", count + 1));
    } else if count != phone.acked && Some(count) != phone.wanted {
        losses.push(format!("phone {index}: {count} ops, half of a push"));
    }
    if status.head_hash != phone.head(count).hash {
        losses.push(format!("phone {index}: another chain"));
    }
    compare_photos(scene, index, count, losses)?;
    Ok(count)
}

fn compare_photos(scene: &mut Scene, index: usize, count: usize, losses: &mut Losses) -> Result<(), StoreError> {
    let (station, layout, disk) = (scene.station(), scene.layout(), scene.disk.clone());
    let phone: &Phone = &scene.phones[index];
    let device = phone.device().id;
    let photos = ops(phone, count).into_iter().flat_map(|op| op.photos);
    let named: BTreeSet<_> = photos.map(|photo| photo.sha256).collect();
    let mut complete = Vec::new();
    for (sha256, photo) in &phone.photos {
        if !named.contains(sha256) {
            continue;
        }
        if photo.thumb_is_kept && !at_once(station.store().thumb(*sha256)).is_ok_and(|kept| kept == photo.thumb) {
            losses.push(format!("the thumbnail of {sha256} is lost"));
        }
        match (&photo.reply, at_once(station.store().photo_receipt(device, *sha256))) {
            (Some(reply), Ok(stored)) if *reply == stored => complete.push(*sha256),
            (None, Ok(_)) => complete.push(*sha256),
            (None, Err(StoreError::NotFound)) => {
                let part = disk.read(&layout.part(device, *sha256));
                // Behind its last byte an original stands in its place already, for a moment without a row.
                let part = part.or_else(|_| disk.read(&layout.photo(*sha256, "")));
                let part = part.unwrap_or_default();
                let durable = usize::try_from(photo.durable).unwrap();
                if part.len() < durable || part[..durable] != photo.bytes[..durable] {
                    losses.push(format!("the part of {sha256} is lost before byte {durable}"));
                }
            }
            (_, other) => losses.push(format!("photo {sha256}: {other:?}")),
        }
    }
    if count == 0 {
        return Ok(());
    }
    let digest = at_once(station.digest(Some(phone.log)));
    match digest {
        Ok(digests) if digests == [phone.digest(count, &complete)] => {}
        other => losses.push(format!("phone {index}: another digest: {other:?}")),
    }
    Ok(())
}

/// Looks at the parts that a cut has left, before the power goes once more: every byte that the station had promised must
/// be right. Of a part that is wrong behind them nothing can be lost any more; its hash will find it out.
pub(crate) fn note_tears(scene: &mut Scene) -> Losses {
    let (layout, disk) = (scene.layout(), scene.disk.clone());
    let mut losses = Losses::new();
    for phone in scene.phones.iter_mut().filter(|phone| phone.enrolled.is_some()) {
        let device = phone.device().id;
        for (sha256, photo) in &mut phone.photos {
            let Ok(part) = disk.read(&layout.part(device, *sha256)) else {
                continue;
            };
            let mut pairs = part.iter().zip(photo.bytes.iter());
            let Some(tear) = pairs.position(|(held, right)| held != right) else {
                continue;
            };
            if (tear as u64) < photo.durable {
                losses.push(format!(
                    "the part of {sha256} is torn at {tear}, below {}",
                    photo.durable
                ));
            }
            photo.is_torn = true;
            photo.durable = 0;
        }
    }
    losses
}

fn ops(phone: &Phone, count: usize) -> Vec<Op> {
    let ops = phone.ops.iter().take(count);
    ops.map(|op| Op::decode(&op.op).unwrap()).collect()
}

/// The rows that follow from ops are there once for each, and none stands alone.
fn compare_rows(connection: &Connection, held: usize, losses: &mut Losses) {
    let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    let held = i64::try_from(held).unwrap();
    for (what, sql) in [
        ("ops", "SELECT count(*) FROM journal_op"),
        (
            "ops applied or set aside",
            "SELECT (SELECT count(*) FROM applied_op) + (SELECT count(*) FROM quarantine)",
        ),
        ("acked", "SELECT coalesce(sum(acked_seq), 0) FROM journal"),
    ] {
        let found = count(sql);
        if found != held {
            losses.push(format!("{what}: {found} instead of {held}"));
        }
    }
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    if sound != "ok" || count("SELECT count(*) FROM pragma_foreign_key_check") != 0 {
        losses.push(format!("the database is not sound: {sound}"));
    }
}

/// No row without its file, no file among the originals that is not one, whole.
fn compare_files(scene: &Scene, connection: &Connection, losses: &mut Losses) {
    let layout = scene.layout();
    let list = |sql: &str| -> Vec<(Vec<u8>, u64, String)> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            let bytes: i64 = row.get(1)?;
            Ok((row.get(0)?, u64::try_from(bytes).unwrap(), row.get(2)?))
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    for (sha256, bytes, extension) in list("SELECT sha256, bytes, extension FROM photo") {
        let sha256 = Sha256Hash::from_slice(&sha256).unwrap();
        if scene.disk.length(&layout.photo(sha256, &extension)).unwrap() != Some(bytes) {
            losses.push(format!("photo {sha256} has a row and no file"));
        }
    }
    for (sha256, bytes, _) in list("SELECT sha256, bytes, '' FROM thumb") {
        let sha256 = Sha256Hash::from_slice(&sha256).unwrap();
        if scene.disk.length(&layout.thumb(sha256)).unwrap() != Some(bytes) {
            losses.push(format!("the thumbnail of {sha256} has a row and no file"));
        }
    }
    for path in scene.files_in(&layout.photos()) {
        let sha256 = Sha256Hash::of(&scene.disk.read(&path).unwrap()).to_string();
        if path.file_stem().unwrap().to_str() != Some(sha256.as_str()) {
            losses.push(format!("{} is to be seen and holds something else", path.display()));
        }
    }
}

/// Every phone brings what is left; then everything is there once, and the next op is taken.
fn go_on(scene: &mut Scene, losses: &mut Losses) -> Result<(), StoreError> {
    if scene.ledger.key.is_none() {
        return Ok(());
    }
    let station = scene.station();
    for code in scene.ledger.codes.drain(..) {
        let number = u8::try_from(scene.phones.len() + 1).unwrap();
        scene.phones.push(Phone::new(number, code));
    }
    for phone in &mut scene.phones {
        phone.complete(&station)?;
        let (to, receipt) = (phone.acked, phone.receipts.get(&(phone.acked as u64)).cloned());
        // A push whose answer was lost comes again and gets the stored receipt.
        phone.push(&station, to, to)?;
        if receipt.is_none_or(|receipt| receipt != phone.receipts[&(to as u64)]) {
            losses.push("the repeated push has no receipt of before".into());
        }
        phone.record(0, 0);
        phone.push_all(&station)?;
    }
    compare(scene, losses)?;
    let opened = scene.phones.iter().flat_map(|phone| ops(phone, phone.ops.len()));
    let opened = opened.filter(|op| matches!(op.body, Body::CaseOpened(_))).count();
    let counts = at_once(station.store().overview())?.counts;
    if counts.cases != opened as u64 {
        losses.push(format!("{} cases are counted instead of {opened}", counts.cases));
    }
    let parts = scene.files_in(&scene.layout().incoming());
    if parts
        .iter()
        .any(|path| path.extension().is_some_and(|name| name == "part"))
    {
        losses.push(format!("parts are left behind: {parts:?}"));
    }
    Ok(())
}
