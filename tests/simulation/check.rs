//! The promises, each by its name in the protocol, after the faults have stopped.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{Body, CaseId, Head, LogId, Op, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::Connection;
use patrol_store::{Difference, StoredOp};

use crate::phone::Phone;
use crate::station::{Post, at_once};
use crate::stranger::Stranger;
use crate::world::World;

/// What the station may have set aside: kinds that this build of it holds and does not show.
const SET_ASIDE: &[&str] = &["unknown_kind"];

/// What a phone holds of its journal.
struct Journal {
    log: LogId,
    ops: Vec<StoredOp>,
    /// What has yet to reach the station.
    waiting: u64,
    /// What the phone itself found wrong.
    differences: Vec<Difference>,
}

impl Journal {
    /// Reads it through a memory of its own; `looks` for whether everything is recomputed there, which takes long.
    fn of(phone: &Phone, looks: bool) -> Self {
        let memory = phone.memory();
        let (head, acked) = (memory.head().unwrap().0, memory.progress().unwrap().acked);
        let differences = if looks {
            memory.verify().unwrap().differences
        } else {
            Vec::new()
        };
        Self {
            log: memory.journal().unwrap().unwrap().log,
            ops: memory.ops_after(Seq(0), usize::MAX).unwrap(),
            waiting: head.seq.0 - acked.seq.0 + memory.counts().unwrap().photos_on_phone,
            differences,
        }
    }

    fn decoded(&self) -> impl Iterator<Item = Op> + '_ {
        self.ops.iter().map(|op| Op::decode(&op.bytes).unwrap())
    }
}

fn connect(post: &Post) -> Connection {
    Connection::open(post.layout().database()).unwrap()
}

/// I2 and I5 in the middle of a run, after a power cut: whatever was signed for since the station was last put back is
/// there, and every original that it believes to have.
pub(crate) fn check_acked(post: &Post) -> Result<(), String> {
    let connection = connect(post);
    let held = heads(&connection);
    let mut statement = connection
        .prepare("SELECT sha256, bytes, extension FROM photo")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (sha256, bytes, extension): (Vec<u8>, i64, String) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        let sha256 = Sha256Hash::from_slice(&sha256).unwrap();
        let file = post.disk.read(&post.layout().photo(sha256, &extension));
        if !file.is_ok_and(|file| file.len() as u64 == u64::try_from(bytes).unwrap()) {
            return Err(format!("I5: original {sha256} has a row and no file"));
        }
    }
    for (log, acked) in &post.acked {
        let held = held.get(log).copied().unwrap_or_default();
        if held < *acked {
            return Err(format!(
                "I2: journal {log} was signed up to {acked} and is held up to {held}"
            ));
        }
    }
    Ok(())
}

fn heads(connection: &Connection) -> BTreeMap<LogId, u64> {
    let mut statement = connection.prepare("SELECT log, acked_seq FROM journal").unwrap();
    let rows = statement.query_map([], |row| {
        let (log, seq): (Vec<u8>, i64) = (row.get(0)?, row.get(1)?);
        Ok((LogId::from_slice(&log).unwrap(), u64::try_from(seq).unwrap()))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// All of them; a line about how much there was, for the trace.
pub(crate) fn check(world: &World<'_>) -> Result<String, String> {
    let connection = connect(&world.post);
    let mut cases = BTreeSet::new();
    let mut ops = 0;
    for phone in &world.phones {
        let journal = &Journal::of(phone, world.looks_into(phone.number));
        check_phone(phone, journal)?;
        check_journal(&connection, journal)?;
        check_digests(&world.post, phone, journal)?;
        ops += journal.ops.len();
        let opened = journal.decoded().filter(|op| matches!(op.body, Body::CaseOpened(_)));
        cases.extend(opened.filter_map(|op| op.case));
    }
    check_stranger(&connection, &world.stranger)?;
    check_cases(&connection, &cases, world.stranger.log)?;
    let photos = check_photos(world)?;
    Ok(format!(
        "{ops} ops, {} cases, {photos} photos, heads {:?}",
        cases.len(),
        heads(&connection)
    ))
}

/// I1, I4 on the phone, I13: what was said to be saved is in the journal, which verifies; and no good original was ever
/// called damaged or lost.
fn check_phone(phone: &Phone, journal: &Journal) -> Result<(), String> {
    let number = phone.number;
    if !journal.differences.is_empty() {
        return Err(format!("I4: phone {number}: {:?}", journal.differences));
    }
    if journal.waiting > 0 {
        return Err(format!("I15: {} things wait on phone {number}", journal.waiting));
    }
    let known: BTreeSet<CaseId> = journal.decoded().filter_map(|op| op.case).collect();
    if let Some(case) = phone.saved.iter().find(|case| !known.contains(case)) {
        return Err(format!("I1: phone {number} has lost case {case}"));
    }
    let branded = journal
        .decoded()
        .find(|op| matches!(op.body, Body::OriginalDamaged(_) | Body::OriginalLost(_)));
    if let Some(op) = branded {
        return Err(format!("a good original of phone {number} was branded: {:?}", op.body));
    }
    Ok(())
}

/// I2, I4 at the station, I9: the same bytes at the same positions, dense, and the chain over them.
fn check_journal(connection: &Connection, journal: &Journal) -> Result<(), String> {
    let log = journal.log;
    let mut statement = connection
        .prepare("SELECT seq, bytes, hash FROM journal_op WHERE log = ?1 ORDER BY seq")
        .unwrap();
    let rows = statement.query_map([log.as_bytes()], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get::<_, Vec<u8>>(2)?,
        ))
    });
    let held: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    if held.len() != journal.ops.len() {
        let (held, there) = (held.len(), journal.ops.len());
        return Err(format!("I2: journal {log}: the station holds {held} ops of {there}"));
    }
    let mut head = Head::start(log);
    for ((seq, bytes, hash), op) in held.iter().zip(&journal.ops) {
        head = head.extend(bytes);
        let is_there = u64::try_from(*seq).unwrap() == op.seq.0 && *bytes == op.bytes;
        if !is_there {
            return Err(format!("I2: journal {log}: op {} has other bytes", op.seq.0));
        }
        if head.hash.as_bytes().as_slice() != hash || head.hash != op.hash || head.seq != op.seq {
            return Err(format!("I4: journal {log}: the chain breaks at op {}", op.seq.0));
        }
    }
    Ok(())
}

/// I2, I5: ops, words and originals, all recomputed from stored bytes on both sides.
fn check_digests(post: &Post, phone: &Phone, journal: &Journal) -> Result<(), String> {
    let theirs = at_once(post.station().digest(Some(journal.log))).unwrap();
    let ours = phone.look().digest().unwrap();
    if theirs == [ours.clone()] {
        return Ok(());
    }
    let text: String = theirs.iter().map(ToString::to_string).collect();
    Err(format!("I5: phone {} has\n{ours}and the station\n{text}", phone.number))
}

/// I7: what nobody can read is held as it came, and set aside.
fn check_stranger(connection: &Connection, stranger: &Stranger) -> Result<(), String> {
    let mut statement = connection
        .prepare("SELECT bytes FROM journal_op WHERE log = ?1 ORDER BY seq")
        .unwrap();
    let rows = statement.query_map([stranger.log.as_bytes()], |row| row.get::<_, Vec<u8>>(0));
    let held: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    let aside: i64 = connection
        .query_row(
            "SELECT count(*) FROM quarantine WHERE log = ?1",
            [stranger.log.as_bytes()],
            |row| row.get(0),
        )
        .unwrap();
    let sent: Vec<_> = stranger.ops.iter().map(|op| op.op.clone()).collect();
    if held != sent || usize::try_from(aside).unwrap() != sent.len() {
        let (held, sent) = (held.len(), sent.len());
        return Err(format!(
            "I7: of {sent} strange ops {held} are held and {aside} set aside"
        ));
    }
    Ok(())
}

/// I3, I7: every case once, whatever journals speak of it; every op applied once, or set aside with a code that is known.
fn check_cases(connection: &Connection, saved: &BTreeSet<CaseId>, apart: LogId) -> Result<(), String> {
    let mut statement = connection
        .prepare("SELECT bytes FROM journal_op WHERE log <> ?1")
        .unwrap();
    let rows = statement.query_map([apart.as_bytes()], |row| row.get::<_, Vec<u8>>(0));
    let ops = rows.unwrap().map(|bytes| Op::decode(&bytes.unwrap()).unwrap());
    let opened: BTreeSet<CaseId> = ops
        .filter(|op| matches!(op.body, Body::CaseOpened(_)))
        .filter_map(|op| op.case)
        .collect();
    let mut statement = connection.prepare("SELECT case_id FROM view_case").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let shown: Vec<CaseId> = rows.map(|id| CaseId::from_slice(&id.unwrap()).unwrap()).collect();
    if shown.len() != opened.len() || !shown.iter().all(|case| opened.contains(case)) {
        return Err(format!(
            "I3: {} cases are shown instead of {}",
            shown.len(),
            opened.len()
        ));
    }
    if let Some(case) = saved.difference(&opened).next() {
        return Err(format!("I2: case {case} is not at the station"));
    }
    let mut statement = connection
        .prepare("SELECT code FROM quarantine WHERE log <> ?1")
        .unwrap();
    let rows = statement.query_map([apart.as_bytes()], |row| row.get::<_, String>(0));
    let mut codes = rows.unwrap().map(Result::unwrap);
    if let Some(code) = codes.find(|code| !SET_ASIDE.contains(&code.as_str())) {
        return Err(format!("I7: an op was set aside as {code}"));
    }
    let count = |sql: &str| -> i64 { connection.query_row(sql, [apart.as_bytes()], |row| row.get(0)).unwrap() };
    let lawful = count(
        "SELECT count(DISTINCT op_id) FROM journal_op AS op WHERE log <> ?1
           AND NOT EXISTS (SELECT 1 FROM quarantine AS aside WHERE aside.log = op.log AND aside.seq = op.seq)",
    );
    let applied = count("SELECT count(*) FROM applied_op WHERE log <> ?1");
    if applied != lawful {
        return Err(format!("I3: {applied} ops were applied of {lawful}"));
    }
    Ok(())
}

/// I5: what is to be seen among the originals is whole, and what was signed for is to be seen.
fn check_photos(world: &World<'_>) -> Result<usize, String> {
    let (disk, folder) = (&world.post.disk, world.post.layout().photos());
    let mut seen = BTreeSet::new();
    for path in disk.files().iter().filter(|path| path.starts_with(&folder)) {
        let sha256 = Sha256Hash::of(&disk.read(path).unwrap());
        if path.file_stem().unwrap().to_str() != Some(sha256.to_string().as_str()) {
            return Err(format!("I5: {sha256} lies under another name"));
        }
        seen.insert(sha256);
    }
    let signed = world.phones.iter().flat_map(Phone::signed_photos);
    match signed.into_iter().find(|sha256| !seen.contains(sha256)) {
        Some(sha256) => Err(format!("I5: {sha256} was signed for and is gone")),
        None => Ok(seen.len()),
    }
}
