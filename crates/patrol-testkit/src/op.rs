//! Small builders of real ops, as a phone writes them on a summer's patrol.
//!
//! Everything follows from a seed: another seed gives another op id, case, number, plate and time, so a test can make a
//! hundred cases in a loop and tell them apart, and the same test makes the same bytes tomorrow.

use patrol_domain::id::IdMint;
use patrol_domain::op::{CaseOpened, LogOpened, OpenReason, OriginalLost, PackVersion, Place, PlateRecord};
use patrol_domain::port::{Randomness, random};
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, BootId, BootMs, CaseId, Fix, LogId, Mime, OpId, Part, PersonId, PhotoRef, PhotoRole, PhotoSource, Plate,
    Provider, Sha256Hash, TzMinutes, WallMs,
};
use patrol_domain::{Body, Op};
use uuid::Uuid;

use crate::random::SeededRandomness;

/// 18 June 2026, 09:12:08 in China: when the first case is opened.
pub const FIRST_MS: i64 = 1_781_745_128_000;

/// What is drawn from one seed, so that an op and its case do not get the same id.
const OP: u64 = 1;
const CASE: u64 = 2;
const LOG: u64 = 3;
const PERSON: u64 = 4;
const SALT: u64 = 5;
const LOST: u64 = 6;
const VARIED: u64 = 7;
const FINE: u64 = 8;

fn source(seed: u64, purpose: u64) -> SeededRandomness {
    SeededRandomness::new(seed.wrapping_mul(0x100).wrapping_add(purpose))
}

fn id(seed: u64, purpose: u64) -> Uuid {
    IdMint::default().next(at(seed).wall_ms, random(&source(seed, purpose)))
}

/// The time of seed `seed`: one minute later for each.
pub fn at(seed: u64) -> At {
    let passed = i64::try_from(seed % 1_000_000).unwrap_or(0) * 60_000;
    At {
        wall_ms: WallMs(FIRST_MS + passed),
        boot_ms: BootMs(86_400_123 + passed),
        boot_id: BootId(Uuid::from_u128(0x5f2c_1d0e_8c3b_4f6e_9a7d_0b1c_2d3e_4f50)),
        gnss_ms: None,
        offset: None,
        tz: TzMinutes(480),
        beacon: None,
    }
}

/// A journal's id.
pub fn log_id(seed: u64) -> LogId {
    LogId::new(id(seed, LOG))
}

/// A person as a phone makes them.
pub fn person(seed: u64) -> PersonId {
    PersonId::new(id(seed, PERSON))
}

/// Op 1 of a first journal, written by `author`.
pub fn log_opened(seed: u64, author: PersonId) -> Op {
    let body = LogOpened {
        device_key_thumbprint: Sha256Hash::of(&seed.to_be_bytes()),
        app: "xunge 0.1.0".into(),
        station: None,
        reason: OpenReason::First,
        predecessor: None,
    };
    op(seed, LOG, author, None, Body::LogOpened(body))
}

/// A parked vehicle, recorded by person 1: number `0618-<seed>`, a plate of its own, a point on its own stretch of road.
///
/// The note, when there is one, is sealed in the op and stands in the one part.
///
/// # Panics
/// Never: plate and place are within what the domain takes.
pub fn case_opened(seed: u64, photos: &[PhotoRef], note: Option<&str>) -> (Op, Vec<Part>) {
    let part = note.map(|words| Part {
        field: "note".into(),
        salt: Salt(random(&source(seed, SALT))),
        value: words.into(),
    });
    let body = CaseOpened {
        number: number(seed),
        matter: "PK01".into(),
        pack: PackVersion {
            name: "catalogue".into(),
            version: "2026.11.1".into(),
        },
        plate: Plate::parse(&plate(seed)).ok().as_ref().map(PlateRecord::from),
        place: Place {
            fix: Fix::from_e7(323_412_586 + nudge(seed), 1_188_403_172 + nudge(seed), Provider::Exif).ok(),
            community: Some("320116006009".into()),
            street: None,
            pin: None,
        },
        note: part.as_ref().map(Part::seal),
        form: None,
        interval: None,
    };
    let case = CaseId::new(id(seed, CASE));
    let mut op = op(seed, OP, person(1), Some(case), Body::CaseOpened(body));
    op.photos = photos.to_vec();
    (op, part.into_iter().collect())
}

/// What officers write most, the commonest first.
pub const WORDS: &[&str] = &[
    "占道经营",
    "违规停车",
    "垃圾堆放",
    "车主不在场",
    "已贴告知单",
    "共享单车",
    "人行道",
    "店外经营",
    "油烟扰民",
    "广告招牌",
    "绿化带",
    "消防通道",
    "井盖破损",
    "路灯不亮",
    "渣土遗撒",
    "积水严重",
    "噪音投诉",
    "乱堆物料",
    "晾晒衣物",
    "宠物粪便",
    "流动摊贩",
    "施工围挡",
    "树木倒伏",
    "护栏损坏",
    "污水外溢",
    "烧烤烟雾",
    "张贴传单",
    "占用盲道",
    "建筑垃圾",
    "河道漂浮",
];

/// The matters of [`varied_case`].
pub const MATTERS: &[&str] = &["PK01", "PK02", "ST01", "ST03", "GA02", "RD04", "AD01"];

/// A case as many of them differ: a matter, three words of [`WORDS`] and a place within 20 × 20 km follow from the seed.
///
/// # Panics
/// Never: the place is within what the domain takes.
pub fn varied_case(seed: u64, photos: &[PhotoRef]) -> (Op, Vec<Part>) {
    let draws: [u8; 6] = random(&source(seed, VARIED));
    let [north, east, ..] = draws.map(i64::from);
    let fine: [u8; 2] = random(&source(seed, FINE));
    let words: Vec<&str> = draws
        .iter()
        .skip(3)
        .filter_map(|draw| WORDS.get(rank(*draw)))
        .copied()
        .collect();
    let note = format!("{}，{}号门前。", words.join("，"), seed % 997);
    let (mut op, parts) = case_opened(seed, photos, Some(&note));
    if let Body::CaseOpened(body) = &mut op.body {
        let step = |coarse: i64, fine: u8, whole: i64| (coarse * 256 + i64::from(fine)) * whole / 65_536;
        // 20 km are 0.18 degree of latitude and, here, 0.213 of longitude.
        let lat = 322_500_000 + step(north, fine[0], 1_800_000);
        let lon = 1_187_400_000 + step(east, fine[1], 2_130_000);
        body.place.fix = Fix::from_e7(lat, lon, Provider::Exif).ok();
        let matter = usize::from(draws[2]) % MATTERS.len();
        body.matter = MATTERS.get(matter).copied().unwrap_or("PK01").into();
    }
    (op, parts)
}

/// The commonest words come far more often than the rarest.
fn rank(draw: u8) -> usize {
    usize::from(draw) * usize::from(draw) * WORDS.len() / 65_536
}

/// The phone has lost an original.
pub fn original_lost(seed: u64, sha256: Sha256Hash) -> Op {
    op(seed, LOST, person(1), None, Body::OriginalLost(OriginalLost { sha256 }))
}

/// The number of the case that [`case_opened`] makes of `seed`.
pub fn number(seed: u64) -> String {
    format!("0618-{seed:03}")
}

/// The plate of the case that [`case_opened`] makes of `seed`: every third vehicle is a new-energy one.
pub fn plate(seed: u64) -> String {
    let digits = seed % 10_000;
    if seed.is_multiple_of(3) {
        format!("苏AD3{digits:04}")
    } else {
        format!("苏A{digits:04}K")
    }
}

/// How an op names a JPEG of these bytes that was chosen from files.
pub fn photo_ref(original: &[u8]) -> PhotoRef {
    PhotoRef {
        sha256: Sha256Hash::of(original),
        bytes: original.len() as u64,
        mime: Mime::Jpeg,
        role: PhotoRole::Scene,
        source: PhotoSource::Import,
        slot: None,
        shot: None,
    }
}

/// Bytes that stand for an original where a test never looks at the picture: `length` of them, another row per seed.
pub fn original(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededRandomness::new(seed).fill(&mut bytes);
    bytes
}

fn nudge(seed: u64) -> i64 {
    i64::try_from(seed % 1_000).unwrap_or(0) * 100
}

fn op(seed: u64, purpose: u64, author: PersonId, case: Option<CaseId>, body: Body) -> Op {
    Op {
        id: OpId::new(id(seed, purpose)),
        at: at(seed),
        author,
        case,
        after: Vec::new(),
        photos: Vec::new(),
        body,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use patrol_domain::PlateKind;

    #[test]
    fn each_seed_gives_an_op_of_its_own_that_can_be_written_and_read() {
        let photo = photo_ref(b"original");
        let mut seen = HashSet::new();
        for seed in 0..300 {
            let (op, parts) = case_opened(seed, std::slice::from_ref(&photo), Some("车主不在场，已贴单。"));
            let bytes = op.encode().unwrap();
            assert_eq!(Op::decode(bytes.as_slice()).unwrap(), op);
            let Body::CaseOpened(body) = &op.body else {
                panic!("a case")
            };
            assert_eq!(body.note, Some(parts[0].seal()));
            assert_ne!(body.plate.as_ref().unwrap().kind, PlateKind::Free);
            let case = op.case.unwrap();
            for one in [
                op.id.to_string(),
                case.to_string(),
                body.number.clone(),
                body.plate.clone().unwrap().text,
            ] {
                assert!(seen.insert(one));
            }
        }
    }

    #[test]
    fn varied_cases_have_other_words_and_lie_within_twenty_kilometres() {
        let mut notes = HashSet::new();
        for seed in 0..300 {
            let (op, parts) = varied_case(seed, &[]);
            assert!(op.encode().is_ok());
            let Body::CaseOpened(body) = op.body else {
                panic!("a case")
            };
            assert_eq!(body.note, Some(parts[0].seal()));
            let fix = body.place.fix.unwrap();
            assert!((322_500_000..=324_300_000).contains(&fix.lat_e7));
            assert!((1_187_400_000..=1_189_530_000).contains(&fix.lon_e7));
            notes.insert(parts[0].value.clone());
        }
        assert_eq!(notes.len(), 300);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(case_opened(9, &[], Some("占道")), case_opened(9, &[], Some("占道")));
        assert_eq!(log_opened(9, person(1)), log_opened(9, person(1)));
        assert!(log_opened(9, person(1)).encode().is_ok());
        assert!(original_lost(9, Sha256Hash::of(b"x")).encode().is_ok());
        assert_eq!(original(3, 100), original(3, 100));
        assert_ne!(original(3, 100), original(4, 100));
    }
}
