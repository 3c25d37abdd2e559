//! The body of each kind as it is written, in `docs/PROTOCOL.md`: a field that is renamed by mistake is noticed here.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "shared/document.rs"]
mod document;

use std::fmt::Write as _;

use patrol_domain::op::{
    Adopted, CaseAmended, CaseOpened, CaseVoided, Emptied, LogOpened, MatterChoice, OpenReason, OriginalDamaged,
    OriginalLost, PackVersion, PersonBound, PhotoAdded, Place, PlateRecord, Predecessor, ShiftEnded, ShiftStarted,
    Step, StepTaken, TrackChunk, VoidCause,
};
use patrol_domain::{
    At, Body, BootId, BootMs, CaseId, Fix, LogId, Op, Plate, Provider, Sealed, Seq, Sha256Hash, ShiftId, TzMinutes,
    WallMs, canonical,
};

const UUID: &str = "01978123-4567-7abc-8def-0123456789ad";

fn bodies() -> Vec<Body> {
    let sealed = Sealed(Sha256Hash::of(b"sealed"));
    let shift: ShiftId = UUID.parse().unwrap();
    let log: LogId = UUID.parse().unwrap();
    let pack = PackVersion {
        name: "catalogue".into(),
        version: "2026.11.1".into(),
    };
    let plate = PlateRecord::from(&Plate::parse("苏AD12345").unwrap());
    let place = Place {
        fix: Some(Fix::from_e7(323_412_586, 1_188_403_172, Provider::Gnss).unwrap()),
        community: Some("320116006009".into()),
        street: Some("liuye".into()),
        pin: None,
    };
    vec![
        Body::LogOpened(LogOpened {
            device_key_thumbprint: Sha256Hash::of(b"device key"),
            app: "xunge 0.1.0".into(),
            station: Some(UUID.parse().unwrap()),
            reason: OpenReason::Salvage,
            predecessor: Some(Predecessor {
                log,
                seq: Seq(41),
                h: Sha256Hash::of(b"head"),
            }),
        }),
        Body::Adopted(Adopted {
            log,
            from_seq: Seq(12),
            to_seq: Seq(41),
        }),
        Body::PersonBound(PersonBound {
            local: UUID.parse().unwrap(),
            officer: "0427".into(),
            name: sealed,
        }),
        Body::ShiftStarted(ShiftStarted {
            shift,
            grids: vec!["320116006009001".into()],
        }),
        Body::ShiftEnded(ShiftEnded { shift }),
        Body::TrackChunk(TrackChunk {
            shift,
            count: 240,
            from_ms: WallMs(1_781_745_128_000),
            to_ms: WallMs(1_781_746_328_000),
            points: sealed,
        }),
        Body::CaseOpened(CaseOpened {
            number: "0618-001".into(),
            matter: "PK01".into(),
            pack: pack.clone(),
            plate: Some(plate.clone()),
            place: place.clone(),
            note: Some(sealed),
            form: None,
            interval: None,
        }),
        Body::PhotoAdded(PhotoAdded {}),
        Body::StepTaken(StepTaken {
            step: Step::NoticePosted,
            note: Some(sealed),
        }),
        Body::CaseAmended(CaseAmended {
            matter: Some(MatterChoice {
                code: "PK02".into(),
                pack,
            }),
            plate: Some(plate),
            place: Some(place),
            note: Some(sealed),
            emptied: vec![],
            reason: sealed,
            form: None,
        }),
        Body::CaseAmended(CaseAmended {
            matter: None,
            plate: None,
            place: None,
            note: None,
            emptied: vec![Emptied::Plate, Emptied::Note],
            reason: sealed,
            form: None,
        }),
        Body::CaseVoided(CaseVoided {
            cause: VoidCause::Duplicate,
            reason: Some(sealed),
        }),
        Body::OriginalDamaged(OriginalDamaged {
            sha256: Sha256Hash::of(b"original"),
        }),
        Body::OriginalLost(OriginalLost {
            sha256: Sha256Hash::of(b"original"),
        }),
    ]
}

fn op(body: Body) -> Op {
    Op {
        id: UUID.parse().unwrap(),
        at: At {
            wall_ms: WallMs(-5),
            boot_ms: BootMs(1),
            boot_id: BootId(UUID.parse().unwrap()),
            gnss_ms: Some(7),
            offset: None,
            tz: TzMinutes(480),
            beacon: None,
        },
        author: UUID.parse().unwrap(),
        case: Some(UUID.parse::<CaseId>().unwrap()),
        after: vec![],
        photos: vec![],
        body,
    }
}

#[test]
fn each_kind_is_written_as_the_protocol_document_says() {
    let mut lines = String::from("```text\n");
    for body in bodies() {
        let bytes = op(body.clone()).encode().unwrap();
        assert_eq!(Op::decode(bytes.as_slice()).unwrap().body, body);
        let json: serde_json::Value = serde_json::from_slice(bytes.as_slice()).unwrap();
        let written = String::from_utf8(canonical::encode(&json["body"]).unwrap()).unwrap();
        writeln!(lines, "{}  {written}", body.kind()).unwrap();
    }
    lines.push_str("```\n");
    document::hold("kinds", &lines);
}

#[test]
fn every_seal_of_a_body_is_told_by_name() {
    for body in bodies() {
        let bytes = op(body.clone()).encode().unwrap();
        let text = String::from_utf8(bytes.into_vec()).unwrap();
        let seal = Sha256Hash::of(b"sealed").to_string();
        assert_eq!(text.matches(&seal).count(), body.sealed().len(), "{}", body.kind());
    }
}
