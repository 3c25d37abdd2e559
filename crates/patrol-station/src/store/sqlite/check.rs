//! Recomputes a database from its bytes, as somebody would who believes none of its derived rows: pages, chains, seals,
//! signatures, and what of each journal is whole.

use std::collections::BTreeSet;
use std::path::Path;

use patrol_domain::{DeviceId, Head, LogId, Part, Seq, Sha256Hash};
use patrol_sqlite::{Frozen, Transaction};
use patrol_wire::frame::FrameOp;
use patrol_wire::station_journal::{StationOp, StationOpKind};
use patrol_wire::station_key::believe;
use patrol_wire::{KeysReply, PhotoReply, PublicKey, Receipt, Signed, SignedContent};

use super::backup::{Contents, contents_of, owned_heads};
use super::digest::parts;
use super::interpret::{Interpreted, interpret};
use super::journal::{self, StationJournal};
use super::{MIGRATIONS, row};
use crate::backup::BackupManifest;
use crate::store::StoreError;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// How many ops were chained again.
    pub(crate) ops: u64,
    /// Up to where each journal is whole, parts and originals included.
    pub(crate) safe: Vec<(LogId, Seq)>,
    /// Every fault, in one sentence that names the place.
    pub(crate) faults: Vec<String>,
}

/// Checks the database of a backup against its manifest; `originals` are those that are inside.
pub(crate) fn check(database: &Path, manifest: &BackupManifest, originals: &BTreeSet<Sha256Hash>) -> Checked {
    let mut checked = Checked::default();
    let done = Frozen::open(database, MIGRATIONS)
        .map_err(StoreError::from)
        .and_then(|frozen| {
            let pages = frozen.check()?;
            if pages.is_empty() {
                frozen.read(|tx| check_rows(tx, manifest, originals, &mut checked))?;
            }
            let faults = pages.into_iter().map(|fault| format!("database: {fault}"));
            checked.faults.extend(faults);
            Ok(())
        });
    if let Err(error) = done {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        checked
            .faults
            .push(format!("database: {error}{}", cause.unwrap_or_default()));
    }
    checked
}

fn check_rows(
    tx: &Transaction<'_>,
    manifest: &BackupManifest,
    originals: &BTreeSet<Sha256Hash>,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let Contents {
        facts,
        heads,
        photos,
        thumbs: _,
    } = contents_of(tx)?;
    let listed = manifest.logs.iter().map(|one| {
        let hash = one.head;
        (one.log, Head { seq: one.seq, hash })
    });
    if facts.station != manifest.station || facts.epoch != manifest.epoch || !heads.into_iter().eq(listed) {
        let fault = "manifest: its station, epoch or journals are not the database's";
        checked.faults.push(fault.to_owned());
    }
    for photo in photos {
        let sha256 = photo.sha256.to_string();
        let absent = manifest.absent.iter().any(|absent| absent.path.contains(&sha256));
        if !originals.contains(&photo.sha256) && !absent {
            checked
                .faults
                .push(format!("photo {sha256}: in the database, not in the manifest"));
        }
    }
    for (log, device, head) in owned_heads(tx)? {
        check_journal(tx, log, device, head, originals, checked)?;
    }
    check_own_journals(tx, checked)?;
    let keys = believed_keys(tx, manifest)?;
    check_receipts(tx, &keys, checked)?;
    check_photo_receipts(tx, &keys, checked)
}

/// One journal from its first op to its last.
fn check_journal(
    tx: &Transaction<'_>,
    log: LogId,
    device: DeviceId,
    end: Head,
    originals: &BTreeSet<Sha256Hash>,
    checked: &mut Checked,
) -> Result<(), StoreError> {
    let (brought, given_up) = (
        hashes_of(tx, include_str!("sql/list_brought.sql"), device)?,
        hashes_of(tx, include_str!("sql/list_given_up.sql"), device)?,
    );
    let is_inside =
        |photo: &Sha256Hash| given_up.contains(photo) || (brought.contains(photo) && originals.contains(photo));
    let (mut head, mut safe, mut whole) = (Head::start(log), Seq(0), true);
    let mut read = tx.prepare_cached(include_str!("sql/list_chained_ops.sql"))?;
    let mut rows = read.query([log.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (seq, bytes, hash): (Seq, Vec<u8>, _) = (row::seq(row, 0)?, row.get(1)?, row::hash(row, 2)?);
        head = head.extend(&bytes);
        if (head.seq, head.hash) != (seq, hash) {
            let fault = format!("journal {log}: the chain breaks at position {}", head.seq.0);
            checked.faults.push(fault);
            break;
        }
        checked.ops += 1;
        let parts = parts(tx, log, row::stored(seq.0))?;
        let frame = FrameOp { op: bytes, parts };
        let op = interpret(&frame);
        if op.parts.len() != frame.parts.len() {
            let fault = format!("journal {log}: a part beside position {} does not fit its seal", seq.0);
            checked.faults.push(fault);
        }
        whole = whole && is_whole(&op, is_inside);
        if whole {
            safe = seq;
        }
    }
    if head != end {
        let fault = format!("journal {log}: ends at {}, its row says {}", head.seq.0, end.seq.0);
        checked.faults.push(fault);
    }
    checked.safe.push((log, safe));
    Ok(())
}

/// The journals of the station's own: each from its first op to its last, which opens it behind the one before.
fn check_own_journals(tx: &Transaction<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let mut before: Option<(LogId, Head)> = None;
    for StationJournal { log, epoch, head: end } in journal::list(tx)? {
        let (mut head, mut is_whole) = (Head::start(log), true);
        let mut read = tx.prepare_cached(include_str!("sql/list_all_station_ops.sql"))?;
        let mut rows = read.query([log.as_bytes()])?;
        while let Some(row) = rows.next()? {
            let (seq, bytes, hash): (Seq, Vec<u8>, _) = (row::seq(row, 0)?, row.get(1)?, row::hash(row, 2)?);
            head = head.extend(&bytes);
            is_whole = (head.seq, head.hash) == (seq, hash) && (seq > Seq(1) || opens(&bytes, &epoch, before));
            if !is_whole {
                break;
            }
        }
        if !is_whole || head != end {
            let fault = format!("station journal {log}: the chain breaks at position {}", head.seq.0);
            checked.faults.push(fault);
        }
        before = Some((log, end));
    }
    Ok(())
}

fn opens(bytes: &[u8], of: &str, before: Option<(LogId, Head)>) -> bool {
    match StationOp::decode(bytes).map(|op| op.body) {
        Ok(StationOpKind::Opened(opened)) => {
            let named = opened.predecessor.map(|named| {
                let (seq, hash) = (named.seq, named.h);
                (named.log, Head { seq, hash })
            });
            opened.epoch == of && named == before
        }
        Ok(_) | Err(_) => false,
    }
}

/// Whether all that an op speaks of is inside: its words, and its originals as its own phone brought them. One that the
/// phone has given up is awaited no more.
fn is_whole(op: &Interpreted<'_>, is_inside: impl Fn(&Sha256Hash) -> bool) -> bool {
    let sealed = op.op.as_ref().map(|op| op.body.sealed()).unwrap_or_default();
    let has_part = |field: &str| op.parts.iter().any(|part: &&Part| part.field == field);
    sealed.into_iter().all(|(field, _)| has_part(field)) && op.photos.iter().all(|photo| is_inside(&photo.sha256))
}

/// The originals that a query gives of a phone.
fn hashes_of(tx: &Transaction<'_>, sql: &str, device: DeviceId) -> Result<BTreeSet<Sha256Hash>, StoreError> {
    let mut read = tx.prepare_cached(sql)?;
    let rows = read.query_map([device.as_bytes()], |row| row::hash(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The manifest's key, and those that statements tie to it: it has signed as the one after, or the one before.
fn believed_keys(tx: &Transaction<'_>, manifest: &BackupManifest) -> Result<Vec<PublicKey>, StoreError> {
    let KeysReply { keys, statements } = super::key::told(tx)?;
    let is_tied = |key: &&PublicKey| {
        let from = |first: &PublicKey| believe(vec![first.clone()], manifest.station, &statements);
        from(key).contains(&manifest.key) || from(&manifest.key).contains(key)
    };
    let tied = keys.iter().filter(is_tied).cloned();
    Ok(tied.chain([manifest.key.clone()]).collect())
}

fn is_by_any<T: SignedContent>(signed: &Signed<T>, keys: &[PublicKey], fits: impl Fn(&T) -> bool) -> bool {
    keys.iter().any(|key| signed.verify(key).is_ok_and(&fits))
}

/// Each receipt is the station's, and speaks of the op that stands where it says.
fn check_receipts(tx: &Transaction<'_>, keys: &[PublicKey], checked: &mut Checked) -> Result<(), StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_chained_receipts.sql"))?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (log, seq) = (row::id(row, 0, LogId::from_slice)?, row::seq(row, 1)?);
        let text: String = row.get(2)?;
        let hash: Option<Vec<u8>> = row.get(3)?;
        let held = hash.and_then(|hash| Sha256Hash::from_slice(&hash));
        let signed: Option<Signed<Receipt>> = serde_json::from_str(&text).ok();
        let fits = signed.is_some_and(|signed| {
            is_by_any(&signed, keys, |receipt| {
                // A receipt for an empty journal speaks of its start, which no row holds.
                let at = held.unwrap_or(Head::start(log).hash);
                (receipt.log, receipt.seq, receipt.head) == (log, seq, at)
            })
        });
        if !fits {
            let fault = format!("journal {log}: the receipt at position {} does not fit", seq.0);
            checked.faults.push(fault);
        }
    }
    Ok(())
}

fn check_photo_receipts(tx: &Transaction<'_>, keys: &[PublicKey], checked: &mut Checked) -> Result<(), StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_all_photo_receipts.sql"))?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (device, sha256) = (row::id(row, 0, DeviceId::from_slice)?, row::hash(row, 1)?);
        let text: String = row.get(2)?;
        let reply: Option<PhotoReply> = serde_json::from_str(&text).ok();
        let fits = reply.is_some_and(|reply| {
            is_by_any(&reply.receipt, keys, |receipt| {
                (receipt.sha256, receipt.device) == (sha256, device)
            })
        });
        if !fits {
            checked
                .faults
                .push(format!("photo {sha256}: the receipt of phone {device} does not fit"));
        }
    }
    Ok(())
}
