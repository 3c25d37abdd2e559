//! The promises, each by its name in the protocol, after the faults have stopped.

use std::collections::{BTreeMap, BTreeSet};

use patrol_domain::{Body, CaseId, DeviceId, Head, LogId, Op, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::Connection;
use patrol_station::Revoked;
use patrol_store::{Difference, Store, StoredOp};

use crate::phone::Phone;
use crate::recount::{Met, check_cases, check_mirror, refold};
use crate::station::{Post, at_once};
use crate::stranger::Stranger;
use crate::world::World;

/// What a phone holds.
pub(crate) struct Memory {
    pub(crate) number: usize,
    pub(crate) device: DeviceId,
    /// Its journals, oldest first; the last is in use.
    journals: Vec<(LogId, Vec<StoredOp>)>,
    /// What has yet to reach the station.
    waiting: u64,
    /// What the phone itself found wrong.
    differences: Vec<Difference>,
    pub(crate) store: Store,
}

impl Memory {
    /// Reads it beside the app; `looks` for whether everything is recomputed there, which takes long.
    fn of(phone: &Phone, looks: bool) -> Self {
        let memory = phone.memory();
        let (head, acked) = (memory.head().unwrap().0, memory.progress().unwrap().acked);
        let differences = if looks {
            memory.verify().unwrap().differences
        } else {
            Vec::new()
        };
        let logs = memory.journals().unwrap().into_iter();
        Self {
            number: phone.number,
            device: memory.station().unwrap().unwrap().device,
            journals: logs
                .map(|(log, _)| (log, memory.ops_of(log, Seq(0), usize::MAX).unwrap()))
                .collect(),
            waiting: head.seq.0 - acked.seq.0 + memory.counts().unwrap().photos_on_phone,
            differences,
            store: memory,
        }
    }

    /// Every op with the journal that it stands in, in the order in which this phone wrote or took them over.
    fn decoded(&self) -> impl Iterator<Item = (LogId, Op, &[u8])> + '_ {
        let all = self
            .journals
            .iter()
            .flat_map(|(log, ops)| ops.iter().map(move |op| (*log, op)));
        all.map(|(log, op)| (log, Op::decode(&op.bytes).unwrap(), op.bytes.as_slice()))
    }
}

/// A journal as the station holds it.
pub(crate) struct HeldLog {
    pub(crate) device: DeviceId,
    pub(crate) ops: Vec<HeldOp>,
}

/// An op at the station.
pub(crate) struct HeldOp {
    seq: u64,
    pub(crate) bytes: Vec<u8>,
    hash: Vec<u8>,
}

/// Everything that the station holds in journals.
pub(crate) type Held = BTreeMap<LogId, HeldLog>;

fn read_held(connection: &Connection) -> Held {
    let mut held = Held::new();
    let mut statement = connection
        .prepare("SELECT log, device, seq, bytes, hash FROM journal_op JOIN journal USING (log) ORDER BY log, seq")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (log, device): (Vec<u8>, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
        let log = held.entry(LogId::from_slice(&log).unwrap()).or_insert_with(|| HeldLog {
            device: DeviceId::from_slice(&device).unwrap(),
            ops: Vec::new(),
        });
        log.ops.push(HeldOp {
            seq: u64::try_from(row.get::<_, i64>(2).unwrap()).unwrap(),
            bytes: row.get(3).unwrap(),
            hash: row.get(4).unwrap(),
        });
    }
    held
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
    for (device, state) in &post.revoked {
        let stored: i64 = connection
            .query_row(
                "SELECT state FROM device WHERE device = ?1",
                [device.as_bytes()],
                |row| row.get(0),
            )
            .unwrap();
        let least = if *state == Revoked::Lost { 3 } else { 2 };
        if stored < least {
            return Err(format!(
                "I8: phone {device} was shut out as {state:?} and has state {stored}"
            ));
        }
    }
    for (log, acked) in &post.acked {
        let held = held.get(log).copied().unwrap_or_default();
        if held < acked.seq.0 {
            return Err(format!(
                "I2: journal {log} was signed up to {} and is held up to {held}",
                acked.seq.0
            ));
        }
        let hash: Vec<u8> = connection
            .query_row(
                "SELECT hash FROM journal_op WHERE log = ?1 AND seq = ?2",
                (log.as_bytes(), acked.seq.0.cast_signed()),
                |row| row.get(0),
            )
            .unwrap();
        if hash != acked.hash.as_bytes() {
            return Err(format!(
                "I9: journal {log}: what was signed at {} is another",
                acked.seq.0
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

/// How the station stands: two calls of every phone that leave it the same were the last that had anything to say.
pub(crate) fn standing(post: &Post) -> (String, i64, i64, i64) {
    let sql = "SELECT (SELECT epoch FROM station), (SELECT count(*) FROM journal_op),
                      (SELECT count(*) FROM photo_of_device), (SELECT coalesce(sum(seq), 0) FROM change_scope)";
    let read = |row: &patrol_sqlite::rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    connect(post).query_row(sql, [], read).unwrap()
}

/// All of them; what there was, and a line about it for the trace.
pub(crate) fn check(world: &World<'_>) -> Result<(Met, String), String> {
    let connection = connect(&world.post);
    let held = read_held(&connection);
    check_chains(&held)?;
    let cases = refold(&held);
    let stored: BTreeSet<&[u8]> = held
        .values()
        .flat_map(|log| &log.ops)
        .map(|op| op.bytes.as_slice())
        .collect();
    let mut named = BTreeSet::new();
    let mut numbers = Numbers::default();
    let (mut retired, mut lost) = (0, 0);
    for phone in &world.phones {
        let memory = Memory::of(phone, world.looks_into(phone.number));
        let standing = world.post.standing_of(memory.device);
        check_phone(phone, &memory)?;
        numbers.add(phone.family, &memory);
        if standing == Some(Revoked::Lost) {
            // Nobody takes anything from it any more: it keeps what it has, and that is all.
            lost += 1;
            continue;
        }
        check_arrived(&memory)?;
        check_journals(&held, &stored, &memory)?;
        check_digest(&world.post, phone, &memory)?;
        if standing == Some(Revoked::Retired) {
            retired += 1;
        } else {
            check_mirror(&connection, (&held, &cases), &memory)?;
        }
        named.extend(
            memory
                .decoded()
                .flat_map(|(_, op, _)| op.photos)
                .map(|photo| photo.sha256),
        );
    }
    numbers.check()?;
    check_stranger(&connection, &world.stranger)?;
    check_applied(&connection, world.stranger.log)?;
    check_cases(&world.post, &held, &cases)?;
    let photos = check_photos(&world.post, &named)?;
    let met = Met {
        retired,
        lost,
        ..Met::of(&held, &world.post, &cases)
    };
    let line = format!(
        "{} ops, {photos} photos, {met:?}, heads {:?}",
        stored.len(),
        heads(&connection)
    );
    Ok((met, line))
}

/// I4 at the station: every journal is dense and its chain holds.
fn check_chains(held: &Held) -> Result<(), String> {
    for (log, HeldLog { device: _, ops }) in held {
        let mut head = Head::start(*log);
        for op in ops {
            head = head.extend(&op.bytes);
            if head.seq.0 != op.seq || head.hash.as_bytes().as_slice() != op.hash {
                return Err(format!("I4: journal {log}: the chain breaks at op {}", op.seq));
            }
        }
    }
    Ok(())
}

/// I1, I4 on the phone, I13: what was said to be saved is in a journal, all of which verify; and no good original was ever
/// called damaged or lost.
fn check_phone(phone: &Phone, memory: &Memory) -> Result<(), String> {
    let number = phone.number;
    if !memory.differences.is_empty() {
        return Err(format!("I4: phone {number}: {:?}", memory.differences));
    }
    let known: BTreeSet<CaseId> = memory.decoded().filter_map(|(_, op, _)| op.case).collect();
    if let Some(case) = phone.saved.iter().find(|case| !known.contains(case)) {
        return Err(format!("I1: phone {number} has lost case {case}"));
    }
    let branded = memory
        .decoded()
        .find(|(_, op, _)| matches!(op.body, Body::OriginalDamaged(_) | Body::OriginalLost(_)));
    if let Some((_, op, _)) = branded {
        return Err(format!("a good original of phone {number} was branded: {:?}", op.body));
    }
    Ok(())
}

/// I15: nothing waits.
fn check_arrived(memory: &Memory) -> Result<(), String> {
    match memory.waiting {
        0 => Ok(()),
        waiting => Err(format!("I15: {waiting} things wait on phone {}", memory.number)),
    }
}

/// I2, I8, I9: the journal in use is the station's, byte for byte; of earlier ones, which the station may have lost or
/// another phone may have gone on in, every op that is not about the journal itself stands somewhere, with the same bytes.
fn check_journals(held: &Held, stored: &BTreeSet<&[u8]>, memory: &Memory) -> Result<(), String> {
    let number = memory.number;
    let (log, ours) = memory.journals.last().unwrap();
    let theirs = held.get(log).map_or(&[][..], |held| &held.ops);
    if theirs.len() != ours.len() {
        return Err(format!(
            "I2: phone {number}, journal {log}: the station holds {} ops of {}",
            theirs.len(),
            ours.len()
        ));
    }
    for (theirs, ours) in theirs.iter().zip(ours) {
        if theirs.bytes != ours.bytes || theirs.hash != ours.hash.as_bytes() {
            return Err(format!(
                "I2: phone {number}, journal {log}: op {} is another",
                ours.seq.0
            ));
        }
    }
    let is_record = |body: &Body| !matches!(body, Body::LogOpened(_) | Body::Adopted(_));
    let lost = memory
        .decoded()
        .find(|(_, op, bytes)| is_record(&op.body) && !stored.contains(bytes));
    match lost {
        Some((log, op, _)) => Err(format!(
            "I8: op {} of phone {number}, journal {log}, is not at the station",
            op.id
        )),
        None => Ok(()),
    }
}

/// I2, I5: ops, words and originals of the journal in use, all recomputed from stored bytes on both sides.
fn check_digest(post: &Post, phone: &Phone, memory: &Memory) -> Result<(), String> {
    let (log, _) = memory.journals.last().unwrap();
    let theirs = at_once(post.station().digest(Some(*log))).unwrap();
    let ours = phone.look().digest().unwrap();
    if theirs == [ours.clone()] {
        return Ok(());
    }
    let text: String = theirs.iter().map(ToString::to_string).collect();
    Err(format!("I5: phone {} has\n{ours}and the station\n{text}", phone.number))
}

/// Which case got a number in which journal, for each phone and its copies.
#[derive(Default)]
struct Numbers(BTreeMap<(usize, String), BTreeMap<CaseId, LogId>>);

impl Numbers {
    fn add(&mut self, family: usize, memory: &Memory) {
        for (log, op, _) in memory.decoded() {
            if let (Body::CaseOpened(opened), Some(case)) = (&op.body, op.case) {
                let cases = self.0.entry((family, opened.number.clone())).or_default();
                // A case that was taken over got its number where it stood first.
                cases.entry(case).or_insert(log);
            }
        }
    }

    /// I9: no number is given out twice. Two whole copies, marker included, cannot know of each other until one of them
    /// meets the station: so two cases may have the same number when both got it in the *same* journal, which two phones
    /// wrote to. Their ids differ all the same. In two journals one phone or two never give out the same number.
    fn check(&self) -> Result<(), String> {
        for ((family, number), cases) in &self.0 {
            let journals: BTreeSet<_> = cases.values().collect();
            if journals.len() > 1 {
                return Err(format!(
                    "I9: phone {family} and its copies gave {number} out again: {cases:?}"
                ));
            }
        }
        Ok(())
    }
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

/// I3, I7: every op that is not set aside was applied once.
fn check_applied(connection: &Connection, apart: LogId) -> Result<(), String> {
    let count = |sql: &str| -> i64 { connection.query_row(sql, [apart.as_bytes()], |row| row.get(0)).unwrap() };
    let lawful = count(
        "SELECT count(DISTINCT op_id) FROM journal_op AS op WHERE log <> ?1
           AND NOT EXISTS (SELECT 1 FROM quarantine AS aside WHERE aside.log = op.log AND aside.seq = op.seq)",
    );
    let applied = count("SELECT count(*) FROM applied_op WHERE log <> ?1");
    if applied != lawful {
        return Err(format!("I3: {applied} ops were applied of {lawful}"));
    }
    let mut statement = connection
        .prepare("SELECT DISTINCT code FROM quarantine WHERE log <> ?1 AND code <> 'depends_on'")
        .unwrap();
    let rows = statement.query_map([apart.as_bytes()], |row| row.get::<_, String>(0));
    match rows.unwrap().next() {
        Some(code) => Err(format!("I7: an op was set aside as {}", code.unwrap())),
        None => Ok(()),
    }
}

/// I5: what is to be seen among the originals is whole, and every one that a phone's journals name is to be seen.
fn check_photos(post: &Post, named: &BTreeSet<Sha256Hash>) -> Result<usize, String> {
    let (disk, folder) = (&post.disk, post.layout().photos());
    let mut seen = BTreeSet::new();
    for path in disk.files().iter().filter(|path| path.starts_with(&folder)) {
        let sha256 = Sha256Hash::of(&disk.read(path).unwrap());
        if path.file_stem().unwrap().to_str() != Some(sha256.to_string().as_str()) {
            return Err(format!("I5: {sha256} lies under another name"));
        }
        seen.insert(sha256);
    }
    match named.difference(&seen).next() {
        Some(sha256) => Err(format!("I5: {sha256} is named by a phone and not at the station")),
        None => Ok(seen.len()),
    }
}
