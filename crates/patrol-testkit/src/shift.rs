//! What a phone writes on a patrol, for as long as is asked: cases with their photos, steps, amendments, the track.
//!
//! All of it follows from a seed. Unlike the single ops of [`op`](crate::op), these stand in one journal and refer to one
//! another: steps name the case and the ops before them, clocks run on, a beacon and an offset come from the station once
//! a shift. What is compressed, sent or stored in a figure is therefore what a phone would really have, down to the
//! random part of each id.

mod words;

use patrol_domain::id::IdMint;
use patrol_domain::op::{
    Body, CaseAmended, CaseOpened, CaseVoided, LogOpened, Op, OpenReason, PackVersion, PhotoAdded, Place, PlateRecord,
    ShiftEnded, ShiftStarted, Step, StepTaken, TrackChunk, VoidCause,
};
use patrol_domain::port::random;
use patrol_domain::seal::Salt;
use patrol_domain::track::{self, TrackPoint};
use patrol_domain::{
    At, BootId, BootMs, CaseId, ClockOffset, Fix, LogId, Mime, OpId, Part, PersonId, PhotoRef, PhotoRole, PhotoSource,
    Plate, Provider, Sealed, Sha256Hash, ShiftId, TzMinutes, WallMs, Wgs84,
};
use uuid::Uuid;

use crate::op::FIRST_MS;
use crate::random::SeededRandomness;
use words::{MEASURED, Words};

/// Cases of one shift.
const CASES_PER_SHIFT: u64 = 60;

/// A point of the track every five seconds, a chunk every quarter of an hour.
const POINTS_PER_CHUNK: i64 = 180;
const POINT_MS: i64 = 5_000;

/// One op with its personal fields.
pub type Written = (Op, Vec<Part>);

/// Shift after shift of one officer on one phone.
#[derive(Debug)]
pub struct Patrol {
    chance: SeededRandomness,
    words: &'static Words,
    mint: IdMint,
    author: PersonId,
    shift: ShiftId,
    wall: i64,
    contact: Contact,
    opened: Vec<Opened>,
    cases: u64,
    walked_until: i64,
    at: (i64, i64),
    ready: std::collections::VecDeque<Written>,
}

/// What the station said last, and when.
#[derive(Debug, Clone)]
struct Contact {
    beacon: String,
    offset_ms: i64,
    err_ms: i64,
    at: i64,
}

/// A case that something may still happen to.
#[derive(Debug, Clone, Copy)]
struct Opened {
    case: CaseId,
    head: OpId,
}

impl Patrol {
    /// A journal's id and the ops in it, op 1 first; `device_key` is what op 1 says of the phone's key. The words are
    /// none that a dictionary was trained on.
    pub fn begin(seed: u64, device_key: Sha256Hash) -> (LogId, Self) {
        let chance = SeededRandomness::new(seed ^ 0x7061_7472_6f6c);
        let mut mint = IdMint::default();
        let mut id = || mint.next(WallMs(FIRST_MS), random(&chance));
        let (log, author, shift) = (LogId::new(id()), PersonId::new(id()), ShiftId::new(id()));
        let mut patrol = Self {
            chance,
            words: &MEASURED,
            mint,
            author,
            shift,
            wall: FIRST_MS,
            contact: Contact {
                beacon: String::new(),
                offset_ms: 0,
                err_ms: 0,
                at: FIRST_MS,
            },
            opened: Vec::new(),
            cases: 0,
            walked_until: FIRST_MS,
            at: (323_412_586, 1_188_403_172),
            ready: std::collections::VecDeque::new(),
        };
        patrol.call_station();
        let opened = LogOpened {
            device_key_thumbprint: device_key,
            app: "xunge 0.1.0".into(),
            station: None,
            reason: OpenReason::First,
            predecessor: None,
        };
        patrol.write(None, Vec::new(), Vec::new(), Body::LogOpened(opened), Vec::new());
        patrol.start_shift();
        (log, patrol)
    }

    /// Who writes this journal.
    pub fn author(&self) -> PersonId {
        self.author
    }

    /// A number below `below`.
    fn below(&self, below: u64) -> u64 {
        u64::from_be_bytes(random(&self.chance)) % below.max(1)
    }

    fn chance_of(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'text>(&self, texts: &[&'text str]) -> &'text str {
        let position = usize::try_from(self.below(texts.len() as u64)).unwrap_or(0);
        texts.get(position).copied().unwrap_or_default()
    }

    /// A number from `low` on, `width` values wide.
    fn between(&self, low: i64, width: u64) -> i64 {
        low + i64::try_from(self.below(width)).unwrap_or(0)
    }

    fn new_id(&mut self) -> Uuid {
        self.mint.next(WallMs(self.wall), random(&self.chance))
    }

    fn call_station(&mut self) {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHJKMNPQRSTVWXYZ0123456789";
        let beacon = (0..13)
            .filter_map(|_| ALPHABET.get(usize::try_from(self.below(32)).unwrap_or(0)))
            .map(|letter| char::from(*letter))
            .collect();
        self.contact = Contact {
            beacon,
            offset_ms: self.between(-900, 1_800),
            err_ms: self.between(20, 160),
            at: self.wall,
        };
    }

    fn now(&self) -> At {
        let passed = self.wall - FIRST_MS;
        At {
            wall_ms: WallMs(self.wall),
            boot_ms: BootMs(86_400_123 + passed),
            boot_id: BootId(Uuid::from_u128(0x5f2c_1d0e_8c3b_4f6e_9a7d_0b1c_2d3e_4f50)),
            gnss_ms: None,
            offset: Some(ClockOffset {
                ms: self.contact.offset_ms,
                err: self.contact.err_ms,
                age: self.wall - self.contact.at,
                synchronised: true,
            }),
            tz: TzMinutes(480),
            beacon: Some(self.contact.beacon.clone()),
        }
    }

    fn write(
        &mut self,
        case: Option<CaseId>,
        after: Vec<OpId>,
        photos: Vec<PhotoRef>,
        body: Body,
        parts: Vec<Part>,
    ) -> OpId {
        let op = Op {
            id: OpId::new(self.new_id()),
            at: self.now(),
            author: self.author,
            case,
            after,
            photos,
            body,
        };
        let id = op.id;
        self.ready.push_back((op, parts));
        id
    }

    fn seal(&self, field: &str, value: String, parts: &mut Vec<Part>) -> Sealed {
        let part = Part {
            field: field.into(),
            salt: Salt(random(&self.chance)),
            value,
        };
        let sealed = part.seal();
        parts.push(part);
        sealed
    }

    fn note(&self, percent: u64, parts: &mut Vec<Part>) -> Option<Sealed> {
        if !self.chance_of(percent) {
            return None;
        }
        let Words {
            places,
            matters,
            states,
            deeds,
            reasons: _,
        } = self.words;
        let (place, matter) = (self.pick(places), self.pick(matters));
        let words = match self.below(4) {
            0 => format!("{matter}，{}。", self.pick(states)),
            1 => format!("{place}，{matter}，{}，{}", self.pick(states), self.pick(deeds)),
            2 => format!("{}。{}", self.pick(states), self.pick(deeds)),
            _ => format!("{place}{}号，{matter}。{}", self.below(400) + 1, self.pick(deeds)),
        };
        Some(self.seal("note", words, parts))
    }

    fn start_shift(&mut self) {
        self.shift = ShiftId::new(self.new_id());
        self.walked_until = self.wall;
        let body = ShiftStarted {
            shift: self.shift,
            grids: vec!["320116006009001".into()],
        };
        self.write(None, Vec::new(), Vec::new(), Body::ShiftStarted(body), Vec::new());
    }

    fn end_shift(&mut self) {
        let body = ShiftEnded { shift: self.shift };
        self.write(None, Vec::new(), Vec::new(), Body::ShiftEnded(body), Vec::new());
        self.wall += self.between(57_600_000, 3_600_000);
        self.opened.clear();
        self.call_station();
        self.start_shift();
    }

    /// What happens next: mostly a case, then what becomes of it.
    fn go_on(&mut self) {
        self.wall += self.between(20_000, 300_000);
        while self.wall - self.walked_until > POINTS_PER_CHUNK * POINT_MS {
            self.walk();
        }
        match self.below(100) {
            0..42 => self.open_case(),
            42..85 => self.take_step(),
            85..92 => self.amend(),
            92..98 => self.add_photo(),
            _ => self.void(),
        }
    }

    fn walk(&mut self) {
        let begun = self.walked_until;
        let points: Vec<TrackPoint> = (0..POINTS_PER_CHUNK)
            .filter_map(|point| {
                self.at.0 += self.between(-480, 961);
                self.at.1 += self.between(-560, 1_121);
                let wall = begun + point * POINT_MS + self.between(0, 40);
                let boot = BootMs(wall - FIRST_MS + 86_400_123);
                let accuracy = Some(self.between(3, 12) * 1_000 + self.between(0, 1_000));
                let place = Wgs84::from_e7(self.at.0, self.at.1).ok()?;
                Some(TrackPoint::new(place, accuracy, boot, WallMs(wall)))
            })
            .collect();
        self.walked_until += POINTS_PER_CHUNK * POINT_MS;
        for text in track::cut(&points) {
            let mut parts = Vec::new();
            let body = TrackChunk {
                shift: self.shift,
                count: u32::try_from(points.len()).unwrap_or(u32::MAX),
                from_ms: WallMs(begun),
                to_ms: WallMs(self.walked_until),
                points: self.seal("points", text, &mut parts),
            };
            self.write(None, Vec::new(), Vec::new(), Body::TrackChunk(body), parts);
        }
    }

    fn photos(&self, count: u64, role: PhotoRole) -> Vec<PhotoRef> {
        let photo = |position| PhotoRef {
            sha256: Sha256Hash::of(&random::<32>(&self.chance)),
            bytes: 2_400_000 + self.below(2_100_000),
            mime: Mime::Jpeg,
            role: if position == 1 { PhotoRole::Detail } else { role },
            source: PhotoSource::Camera,
            slot: None,
            shot: None,
        };
        (0..count).map(photo).collect()
    }

    fn open_case(&mut self) {
        self.cases += 1;
        let mut parts = Vec::new();
        let note = self.note(60, &mut parts);
        let plate = self.plate(55);
        let matter = self.pick(&["PK01", "PK01", "PK02", "ST01", "ST03", "GA02", "RD04", "AD01"]);
        let body = CaseOpened {
            number: format!("0618-{:03}", self.cases),
            matter: matter.into(),
            pack: PackVersion {
                name: "catalogue".into(),
                version: "2026.11.1".into(),
            },
            plate,
            place: self.place(),
            note,
            form: None,
            interval: None,
        };
        let case = CaseId::new(self.new_id());
        // 2.5 on average.
        let photos = self.photos(1 + self.below(4), PhotoRole::Scene);
        let head = self.write(Some(case), Vec::new(), photos, Body::CaseOpened(body), parts);
        self.opened.push(Opened { case, head });
        if self.cases.is_multiple_of(CASES_PER_SHIFT) {
            self.end_shift();
        }
    }

    fn place(&self) -> Place {
        let fix = Fix::from_e7(
            self.at.0 + self.between(-90, 181),
            self.at.1 + self.between(-90, 181),
            Provider::Gnss,
        );
        let streets = ["liuye", "longhua", "xiongzhou", "fangzhou", "guanshan", "taishan"];
        Place {
            fix: fix.ok().map(|fix| Fix {
                accuracy_mm: Some(self.between(3, 15) * 1_000),
                age_ms: Some(self.between(100, 4_000)),
                ..fix
            }),
            pin: None,
            community: Some("320116006009".into()),
            street: self.chance_of(70).then(|| self.pick(&streets).into()),
        }
    }

    fn plate(&self, percent: u64) -> Option<PlateRecord> {
        const LETTERS: [&str; 12] = ["A", "B", "C", "E", "F", "H", "K", "M", "Q", "T", "W", "X"];
        if !self.chance_of(percent) {
            return None;
        }
        let text = if self.chance_of(35) {
            format!("苏AD{:05}", self.below(100_000))
        } else {
            let (first, last) = (self.pick(&LETTERS), self.pick(&LETTERS));
            format!("苏A{}{first}{:02}{last}", self.below(10), self.below(100))
        };
        Plate::parse(&text).ok().as_ref().map(PlateRecord::from)
    }

    /// One of the cases of this shift, a late one rather than an early one; a first one when there is none.
    fn some_case(&mut self) -> Option<usize> {
        let last = self.opened.len().checked_sub(1)?;
        let back = usize::try_from(self.below(6)).unwrap_or(0);
        Some(last.saturating_sub(back))
    }

    /// Writes an op that stands behind the case's last one.
    fn act(&mut self, photos: Vec<PhotoRef>, body: Body, parts: Vec<Part>) {
        let Some(position) = self.some_case() else {
            return self.open_case();
        };
        let Some(Opened { case, head }) = self.opened.get(position).copied() else {
            return;
        };
        let head = self.write(Some(case), vec![head], photos, body, parts);
        if let Some(opened) = self.opened.get_mut(position) {
            opened.head = head;
        }
    }

    fn take_step(&mut self) {
        let mut parts = Vec::new();
        let step = Step::ALL.get(usize::try_from(self.below(8)).unwrap_or(0)).copied();
        let body = StepTaken {
            step: step.unwrap_or(Step::Advised),
            note: self.note(30, &mut parts),
        };
        let photos = if self.chance_of(25) {
            self.photos(1, PhotoRole::After)
        } else {
            Vec::new()
        };
        self.act(photos, Body::StepTaken(body), parts);
    }

    fn amend(&mut self) {
        let mut parts = Vec::new();
        let note = self.note(40, &mut parts);
        let reason = self.seal("reason", self.pick(self.words.reasons).into(), &mut parts);
        let body = CaseAmended {
            matter: None,
            plate: self.plate(50),
            place: self.chance_of(20).then(|| self.place()),
            note,
            emptied: Vec::new(),
            reason,
            form: None,
        };
        self.act(Vec::new(), Body::CaseAmended(body), parts);
    }

    fn add_photo(&mut self) {
        let photos = self.photos(1 + self.below(2), PhotoRole::Scene);
        self.act(photos, Body::PhotoAdded(PhotoAdded {}), Vec::new());
    }

    fn void(&mut self) {
        let mut parts = Vec::new();
        let reason = self.chance_of(50).then(|| self.pick(self.words.reasons).to_owned());
        let body = CaseVoided {
            cause: VoidCause::Duplicate,
            reason: reason.map(|reason| self.seal("reason", reason, &mut parts)),
        };
        self.act(Vec::new(), Body::CaseVoided(body), parts);
    }
}

impl Iterator for Patrol {
    type Item = Written;

    /// Never ends.
    fn next(&mut self) -> Option<Written> {
        while self.ready.is_empty() {
            self.go_on();
        }
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_patrol_is_the_same_each_time_and_every_op_can_be_written_and_read() {
        let begin = |seed| Patrol::begin(seed, Sha256Hash::of(b"key"));
        let (log, patrol) = begin(1);
        let ops: Vec<Written> = patrol.take(600).collect();
        let (again, patrol) = begin(1);
        assert_eq!((again, patrol.take(600).collect::<Vec<_>>()), (log, ops.clone()));
        assert_ne!(begin(2).0, log);
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for (op, parts) in &ops {
            let bytes = op.encode().unwrap();
            assert_eq!(Op::decode(bytes.as_slice()).unwrap(), *op);
            let seals: Vec<Sealed> = op.body.sealed().into_iter().map(|(_, sealed)| sealed).collect();
            assert_eq!(parts.iter().map(Part::seal).collect::<Vec<_>>(), seals, "{op:?}");
            *kinds.entry(op.body.kind().to_owned()).or_default() += 1;
        }
        for (kind, least) in [
            ("log_opened", 1),
            ("shift_started", 2),
            ("shift_ended", 1),
            ("case_opened", 120),
            ("step_taken", 120),
            ("case_amended", 10),
            ("photo_added", 10),
            ("case_voided", 3),
            ("track_chunk", 30),
        ] {
            let found = kinds.get(kind).copied().unwrap_or(0);
            assert!(found >= least, "{kind}: {found} in {kinds:?}");
        }
    }

    #[test]
    fn what_becomes_of_a_case_stands_behind_what_was_there() {
        let (_, patrol) = Patrol::begin(3, Sha256Hash::of(b"key"));
        let mut heads: BTreeMap<CaseId, OpId> = BTreeMap::new();
        for (op, _) in patrol.take(400) {
            if let Some(case) = op.case {
                assert_eq!(op.after, heads.get(&case).copied().into_iter().collect::<Vec<_>>());
                heads.insert(case, op.id);
            }
        }
    }
}
