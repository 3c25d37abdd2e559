//! Ops, their chain, and the words beside them.

use patrol_domain::{Body, LogId, Op, Part, Sha256Hash};
use serde_json::Value;

use super::Reading;
use super::locate::Run;
use crate::absence::Absence;
use crate::content::OpRecord;
use crate::failure::Failure;

/// A larger hole in a journal is not believed.
const MOST_MISSING: u64 = 1 << 20;

/// The values of a chain that wait for their ops.
pub(super) struct ChainFile {
    log: LogId,
    first: u64,
    hashes: Vec<Sha256Hash>,
}

/// An op with the parts below it.
struct Lines<'file> {
    op: &'file [u8],
    parts: Vec<Part>,
}

impl Reading<'_> {
    pub(super) fn read_chain(&mut self, name: &str, log: LogId, first: u64, bytes: &[u8]) {
        self.settle_chain();
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let hashes: Vec<Sha256Hash> = text.lines().map_while(|line| line.parse().ok()).collect();
        let is_as_written = bytes.len() == hashes.len() * 65 && bytes.ends_with(b"\n") && first > 0;
        if !is_as_written {
            self.fail(Failure::OpsMalformed { name: name.to_owned() });
        }
        self.chain = Some(ChainFile { log, first, hashes });
    }

    /// A chain whose ops never came.
    pub(super) fn settle_chain(&mut self) {
        if let Some(ChainFile { log, first, hashes }) = self.chain.take()
            && !hashes.is_empty()
        {
            let to = first + hashes.len() as u64 - 1;
            self.fail(Failure::OpMissing { log, from: first, to });
        }
    }

    /// The chain of the ops that come now; another one that waits has missed its own.
    pub(super) fn take_chain(&mut self, log: LogId, first: u64) -> Option<Vec<Sha256Hash>> {
        match self.chain.take() {
            Some(chain) if chain.log == log && chain.first == first => Some(chain.hashes),
            other => {
                self.chain = other;
                self.settle_chain();
                None
            }
        }
    }

    pub(super) fn read_ops(&mut self, name: &str, log: LogId, first: u64, bytes: &[u8]) {
        let Some(chain) = self.take_chain(log, first) else {
            self.fail(Failure::OpsMalformed { name: name.to_owned() });
            return;
        };
        let (lines, is_whole) = split(bytes);
        if !is_whole {
            self.fail(Failure::OpsMalformed { name: name.to_owned() });
        }
        let held = self.content.journals.entry(log).or_default().ops.len() as u64;
        if first <= held || first - held > MOST_MISSING {
            self.fail(Failure::OpsMalformed { name: name.to_owned() });
            return;
        }
        let before = if first == held + 1 {
            self.content
                .journals
                .get(&log)
                .and_then(|journal| journal.hash_at(log, held))
        } else {
            self.fail(Failure::OpMissing {
                log,
                from: held + 1,
                to: first - 1,
            });
            let nothing = Sha256Hash::from_bytes([0; 32]);
            let ops = &mut self.content.journals.entry(log).or_default().ops;
            ops.resize(usize::try_from(first - 1).unwrap_or(usize::MAX), gone(nothing));
            None
        };
        let ops: Vec<&[u8]> = lines.iter().map(|line| line.op).collect();
        let run = Run {
            log,
            first,
            before,
            chain: &chain,
            ops: &ops,
        };
        let failures = run.failures();
        let is_untouched = failures.is_empty();
        self.failures.extend(failures);
        self.take_ops(log, first, &chain, &lines, is_untouched);
    }

    /// Positions are those of the chain; ops that do not stand where they belong are counted and not interpreted.
    fn take_ops(&mut self, log: LogId, first: u64, chain: &[Sha256Hash], lines: &[Lines<'_>], is_untouched: bool) {
        let seals: Vec<Value> = lines.iter().map(|line| body_of(line.op)).collect();
        for (position, line) in lines.iter().enumerate() {
            let seq = first + position as u64;
            let op = Op::decode(line.op);
            if op.is_err() && is_untouched {
                self.absences.insert(Absence::OpUnreadable { log, seq });
            }
            self.note_photos(op.as_ref().ok(), line.op);
            if is_untouched {
                self.take_parts(log, first, position, line, op.as_ref().ok(), &seals);
            }
            self.note_body(log, seq, op.as_ref().ok());
            let Some(hash) = chain.get(position) else { continue };
            let record = OpRecord {
                id: op.as_ref().ok().map(|op| op.id),
                bytes: Sha256Hash::of(line.op),
                chain: *hash,
                is_about_its_journal: op.is_ok_and(|op| op.body.is_about_its_journal()),
            };
            self.content.journals.entry(log).or_default().ops.push(record);
        }
        // Ops that were taken out leave their places, so that what follows is not called moved.
        for hash in chain.iter().skip(lines.len()) {
            self.content.journals.entry(log).or_default().ops.push(gone(*hash));
        }
    }

    fn note_body(&mut self, log: LogId, seq: u64, op: Option<&Op>) {
        let Some(op) = op else { return };
        let journal = self.content.journals.entry(log).or_default();
        match &op.body {
            Body::LogOpened(opened) if seq == 1 => journal.opened = Some(opened.clone()),
            Body::Adopted(adopted) => journal.adopted.push((seq, *adopted)),
            Body::OriginalLost(body) => {
                self.content.given_up.insert(body.sha256);
            }
            Body::OriginalDamaged(body) => {
                self.content.given_up.insert(body.sha256);
            }
            _ => {}
        }
    }

    /// Photos are looked for in the JSON as such, so that an op of a later version keeps its own.
    fn note_photos(&mut self, op: Option<&Op>, bytes: &[u8]) {
        let mut note = |sha256, length| {
            self.content.named.entry(sha256).or_default().insert(length);
        };
        if let Some(op) = op {
            op.photos.iter().for_each(|photo| note(photo.sha256, photo.bytes));
            return;
        }
        let json: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
        for photo in json.get("photos").and_then(Value::as_array).into_iter().flatten() {
            let sha256 = photo
                .get("sha256")
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok());
            if let (Some(sha256), Some(length)) = (sha256, photo.get("bytes").and_then(Value::as_u64)) {
                note(sha256, length);
            }
        }
    }

    fn take_parts(
        &mut self,
        log: LogId,
        first: u64,
        position: usize,
        line: &Lines<'_>,
        op: Option<&Op>,
        bodies: &[Value],
    ) {
        let seq = first + position as u64;
        let sealed = op.map(|op| op.body.sealed()).unwrap_or_default();
        for part in &line.parts {
            let (field, seal) = (part.field.clone(), part.seal().0);
            let text = seal.to_string();
            let belongs = bodies.get(position).is_some_and(|body| holds(body, &text))
                && sealed
                    .iter()
                    .all(|(name, expected)| *name != field || expected.0 == seal);
            if !belongs {
                let elsewhere = bodies.iter().position(|body| holds(body, &text));
                self.fail(match elsewhere {
                    Some(place) => Failure::PartElsewhere {
                        log,
                        seq,
                        field,
                        belongs: first + place as u64,
                    },
                    None => Failure::PartChanged { log, seq, field },
                });
                continue;
            }
            let parts = &mut self.content.journals.entry(log).or_default().parts;
            if parts.insert((seq, field.clone()), seal).is_some() {
                self.fail(Failure::PartTwice { log, seq, field });
            }
        }
        for (field, _) in sealed {
            if !line.parts.iter().any(|part| part.field == field) {
                let field = field.to_owned();
                self.absences.insert(Absence::Words { log, seq, field });
            }
        }
    }

    /// Ops that were taken over must be the very bytes that they were, as far as their source is here.
    pub(super) fn settle_adopted(&mut self) {
        let mut failures = Vec::new();
        for (log, journal) in &self.content.journals {
            for (seq, adopted) in &journal.adopted {
                let Some(source) = self.content.journals.get(&adopted.log) else {
                    continue;
                };
                let (from, to) = (adopted.from_seq.0.max(1), adopted.to_seq.0);
                let range = source.ops.iter().zip(1u64..).filter(|(_, at)| (from..=to).contains(at));
                let originals: std::collections::BTreeMap<_, _> =
                    range.filter_map(|(op, at)| Some((op.id?, (op.bytes, at)))).collect();
                let run = journal
                    .ops
                    .iter()
                    .zip(1u64..)
                    .skip(usize::try_from(*seq).unwrap_or(usize::MAX));
                for (op, at) in run.take_while(|(op, _)| op.id.is_some_and(|id| originals.contains_key(&id))) {
                    match op.id.and_then(|id| originals.get(&id)) {
                        Some((bytes, source_seq)) if *bytes != op.bytes => failures.push(Failure::AdoptedChanged {
                            log: *log,
                            seq: at,
                            adopted: adopted.log,
                            source_seq: *source_seq,
                        }),
                        _ => {}
                    }
                }
            }
        }
        self.failures.extend(failures);
    }
}

/// The place of an op that is not here.
fn gone(chain: Sha256Hash) -> OpRecord {
    OpRecord {
        id: None,
        bytes: Sha256Hash::from_bytes([0; 32]),
        chain,
        is_about_its_journal: false,
    }
}

/// The lines of a file of ops, and whether all of them are ops and parts as an exporter writes them.
fn split(bytes: &[u8]) -> (Vec<Lines<'_>>, bool) {
    let mut lines: Vec<Lines<'_>> = Vec::new();
    let (text, mut is_whole) = match bytes.strip_suffix(b"\n") {
        Some(text) => (text, true),
        None => (bytes, false),
    };
    for line in text.split(|byte| *byte == b'\n') {
        let part = |part: &[u8]| {
            serde_json::from_slice::<Part>(part)
                .ok()
                .filter(|read| is_as_written(read, part))
        };
        match line.split_first() {
            Some((b'o', op)) => lines.push(Lines { op, parts: Vec::new() }),
            Some((b'p', text)) => match (part(text), lines.last_mut()) {
                (Some(part), Some(line)) => line.parts.push(part),
                _ => is_whole = false,
            },
            _ => is_whole = false,
        }
    }
    (lines, is_whole)
}

fn is_as_written(part: &Part, bytes: &[u8]) -> bool {
    serde_json::to_vec(part).is_ok_and(|written| written == bytes)
}

fn body_of(op: &[u8]) -> Value {
    let json: Value = serde_json::from_slice(op).unwrap_or(Value::Null);
    json.get("body").cloned().unwrap_or(Value::Null)
}

/// Recursion ends: serde_json reads at most 128 levels.
fn holds(value: &Value, seal: &str) -> bool {
    match value {
        Value::String(text) => text == seal,
        Value::Array(items) => items.iter().any(|item| holds(item, seal)),
        Value::Object(fields) => fields.values().any(|item| holds(item, seal)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
