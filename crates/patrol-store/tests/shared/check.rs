//! Comparing a phone that had its power cut with what it had acknowledged.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{Seq, Sha256Hash};
use patrol_store::{Disk as _, StoreError};

use crate::ledger::{Known, sorted};
use crate::officer::Officer;

/// Everything that is not as it was promised, in words; empty when the promise was kept.
pub(crate) type Losses = Vec<String>;

/// Starts the phone, lets it recover, compares it with the ledger, and records one more case.
pub(crate) fn check(officer: &mut Officer) -> Losses {
    match look(officer) {
        Ok(losses) => losses,
        Err(error) => vec![format!("the phone refuses: {error:?}")],
    }
}

fn look(officer: &mut Officer) -> Result<Losses, StoreError> {
    let mut losses = Losses::new();
    let (due, had_log) = (officer.due, officer.ledger.known.log);
    officer.start()?;
    if let Some(began) = &officer.began
        && had_log.is_some()
        && due.is_none()
    {
        losses.push(format!("a new journal for no reason: {began:?}"));
    }
    let is_damaged = officer.recover()?;
    if is_damaged {
        losses.push("the file is damaged".into());
    }
    choose(officer, &mut losses)?;
    compare_photos(officer, &mut losses)?;
    compare_cases(officer, &mut losses)?;
    for difference in officer.store().verify()?.differences {
        losses.push(format!("verify: {difference}"));
    }
    for name in leftovers(officer)? {
        losses.push(format!("left behind: {name}"));
    }
    if losses.is_empty() {
        go_on(officer, &mut losses)?;
    }
    Ok(losses)
}

/// Finds which of the two states the phone is in, and takes it for certain.
fn choose(officer: &mut Officer, losses: &mut Losses) -> Result<(), StoreError> {
    let known = differences(officer, &officer.ledger.known)?;
    if known.is_empty() {
        officer.ledger.wanted = None;
        return Ok(());
    }
    if let Some(wanted) = officer.ledger.wanted.take() {
        let left = differences(officer, &wanted)?;
        if left.is_empty() {
            officer.ledger.known = wanted;
            return Ok(());
        }
        losses.extend(left.into_iter().map(|loss| format!("if the act counts: {loss}")));
    }
    losses.extend(known);
    Ok(())
}

/// In what journal, cases and draft differ from a state.
pub(crate) fn differences(officer: &Officer, state: &Known) -> Result<Losses, StoreError> {
    let mut losses = Losses::new();
    let store = officer.store();
    let log = store.journal()?.map(|journal| journal.log);
    if log != state.log {
        losses.push(format!("journal {log:?} instead of {:?}", state.log));
    }
    let stored: BTreeMap<u64, _> = store
        .ops_after(Seq(0), usize::MAX)?
        .into_iter()
        .map(|op| (op.seq.0, op))
        .collect();
    let seqs: BTreeSet<u64> = stored.keys().chain(state.ops.keys()).copied().collect();
    for seq in seqs {
        match (stored.get(&seq), state.ops.get(&seq)) {
            (Some(stored), Some(written)) => {
                if stored.bytes != written.bytes {
                    losses.push(format!("op {seq} has other bytes"));
                }
                if sorted(&stored.parts) != written.parts {
                    losses.push(format!("op {seq} has other words"));
                }
            }
            (Some(_), None) => losses.push(format!("op {seq} was never asked for")),
            (None, Some(_)) => losses.push(format!("op {seq} is lost")),
            (None, None) => {}
        }
    }
    for (case, expected) in state.by_case() {
        let mut found = BTreeMap::new();
        match store.case(case) {
            Ok(history) => found.extend(history.ops.iter().map(|op| {
                let bytes = op.op.encode().unwrap().as_slice().to_vec();
                (bytes, sorted(&op.parts))
            })),
            Err(StoreError::NoSuchCase(_)) => {}
            Err(error) => return Err(error),
        }
        if found != expected {
            losses.push(format!("case {case}: {} ops of {}", found.len(), expected.len()));
        }
    }
    let draft = store.draft()?;
    if draft.fields != state.fields {
        losses.push(format!(
            "the draft says {:?} instead of {:?}",
            draft.fields, state.fields
        ));
    }
    let photos: Vec<Sha256Hash> = draft.photos.iter().map(|photo| photo.facts.sha256).collect();
    let on_their_way = on_their_way(officer, state);
    let (kept, extra) = photos.split_at(state.draft.len().min(photos.len()));
    if kept != state.draft || !extra.iter().all(|photo| on_their_way.contains(photo)) {
        losses.push(format!("photos on the draft: {photos:?} instead of {:?}", state.draft));
    }
    Ok(losses)
}

/// Photos that may have come, with nobody having been told so.
fn on_their_way(officer: &Officer, state: &Known) -> BTreeSet<Sha256Hash> {
    let shots = state.shots.values().map(|bytes| Sha256Hash::of(bytes));
    officer.ledger.on_their_way.iter().copied().chain(shots).collect()
}

fn compare_photos(officer: &Officer, losses: &mut Losses) -> Result<(), StoreError> {
    let store = officer.store();
    let known = &officer.ledger.known;
    let mut shown: BTreeSet<Sha256Hash> = store.found_photos()?.into_iter().map(|(photo, _)| photo).collect();
    shown.extend(store.draft()?.photos.iter().map(|photo| photo.facts.sha256));
    for case in store.cases(None, usize::MAX)?.cases {
        shown.extend(case.photos.iter().map(|photo| photo.sha256));
    }
    for (sha256, bytes) in &known.photos {
        match store.vault().read_all(*sha256) {
            Ok(read) if read == **bytes => {}
            Ok(_) => losses.push(format!("photo {sha256} has other bytes")),
            Err(error) => losses.push(format!("photo {sha256}: {error}")),
        }
    }
    for bytes in known.shots.values() {
        let sha256 = Sha256Hash::of(bytes);
        if !shown.contains(&sha256) || !store.vault().read_all(sha256).is_ok_and(|read| read == **bytes) {
            losses.push(format!("what the camera wrote is lost: {sha256}"));
        }
    }
    for sha256 in &known.draft {
        if store.thumbnail(*sha256).is_err() {
            losses.push(format!("photo {sha256} has no row"));
        }
    }
    Ok(())
}

fn compare_cases(officer: &Officer, losses: &mut Losses) -> Result<(), StoreError> {
    let expected = officer.ledger.known.opened();
    let cases = officer.store().cases(None, usize::MAX)?.cases;
    let found: BTreeSet<_> = cases.iter().map(|case| case.case).collect();
    let numbers: BTreeSet<_> = cases.iter().map(|case| case.number.clone()).collect();
    if found != expected || cases.len() != found.len() {
        losses.push(format!("{} cases are shown instead of {}", cases.len(), expected.len()));
    }
    if numbers.len() != cases.len() {
        losses.push("a number was given twice".into());
    }
    Ok(())
}

/// Files that nobody will ever look at again.
fn leftovers(officer: &Officer) -> Result<Vec<String>, StoreError> {
    let mut left = Vec::new();
    for folder in ["camera", "vault/incoming"] {
        let paths = officer.disk.list(&officer.data().join(folder)).unwrap_or_default();
        for path in paths {
            if officer.disk.length(&path).map_err(StoreError::Folder)?.is_some() {
                left.push(path.display().to_string());
            }
        }
    }
    Ok(left)
}

fn go_on(officer: &mut Officer, losses: &mut Losses) -> Result<(), StoreError> {
    let before = officer.store().head()?.0;
    officer.type_words("接着记录")?;
    officer.save()?;
    let after = officer.store().head()?.0;
    if after.seq != before.seq.next() {
        losses.push(format!(
            "the next case stands at {:?} behind {:?}",
            after.seq, before.seq
        ));
    }
    losses.extend(differences(officer, &officer.ledger.known)?);
    compare_cases(officer, losses)
}
