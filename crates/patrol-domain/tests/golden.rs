//! The golden vectors of `docs/PROTOCOL.md`: what an op's bytes, a seal and a chain are can never change.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use patrol_domain::op::{CaseOpened, LogOpened, OpenReason, PackVersion, Place, PlateRecord};
use patrol_domain::seal::Salt;
use patrol_domain::{
    At, Body, BootId, BootMs, ClockOffset, Fix, Head, LogId, Mime, Op, OpBytes, Part, PhotoRef, PhotoRole, PhotoSource,
    Plate, Provider, Sha256Hash, TzMinutes, WallMs,
};

fn log() -> LogId {
    "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
}

fn at() -> At {
    At {
        wall_ms: WallMs(1_781_745_128_000),
        boot_ms: BootMs(86_400_123),
        boot_id: BootId("5f2c1d0e-8c3b-4f6e-9a7d-0b1c2d3e4f50".parse().unwrap()),
        gnss_ms: None,
        offset: Some(ClockOffset {
            ms: -350,
            err: 40,
            age: 3_600_000,
            synchronised: false,
        }),
        tz: TzMinutes(480),
        beacon: Some("Zk3v0mQ2Wq8".into()),
    }
}

fn note() -> Part {
    Part {
        field: "note".into(),
        salt: Salt([0x2a; 32]),
        value: "车主不在场，已贴单。囧𠮷😀".into(),
    }
}

fn log_opened() -> OpBytes {
    let body = LogOpened {
        device_key_thumbprint: Sha256Hash::of(b"device key"),
        app: "xunge 0.1.0".into(),
        station: None,
        reason: OpenReason::First,
        predecessor: None,
    };
    let op = Op {
        id: "01978123-4567-7abc-8def-0123456789ab".parse().unwrap(),
        at: At {
            offset: None,
            beacon: None,
            ..at()
        },
        author: "01978123-4567-7abc-8def-0123456789ac".parse().unwrap(),
        case: None,
        after: vec![],
        photos: vec![],
        body: Body::LogOpened(body),
    };
    op.encode().unwrap()
}

fn case_opened() -> Op {
    let plate = Plate::parse("苏A·8K3R7").unwrap();
    let body = CaseOpened {
        number: "0618-001".into(),
        matter: "PK01".into(),
        pack: PackVersion {
            name: "catalogue".into(),
            version: "2026.11.1".into(),
        },
        plate: Some(PlateRecord::from(&plate)),
        place: Place {
            fix: Some(Fix::from_degrees(32.341_258_6, 118.840_317_2, Provider::Exif, Some(4.8)).unwrap()),
            community: Some("320116006009".into()),
            street: None,
            pin: None,
        },
        note: Some(note().seal()),
        form: None,
        interval: None,
    };
    Op {
        id: "01978123-4567-7abc-8def-0123456789ad".parse().unwrap(),
        at: at(),
        author: "01978123-4567-7abc-8def-0123456789ac".parse().unwrap(),
        case: Some("01978123-4567-7abc-8def-0123456789ae".parse().unwrap()),
        after: vec![],
        photos: vec![PhotoRef {
            sha256: Sha256Hash::of(b"photo"),
            bytes: 329_832,
            mime: Mime::Jpeg,
            role: PhotoRole::Scene,
            source: PhotoSource::Import,
            slot: None,
            shot: None,
        }],
        body: Body::CaseOpened(body),
    }
}

/// The lines that stand in `docs/PROTOCOL.md` between the two markers.
fn vectors() -> String {
    let first = log_opened();
    let second = case_opened().encode().unwrap();
    let start = Head::start(log());
    let one = start.extend(first.as_slice());
    let two = one.extend(second.as_slice());
    let text = |bytes: &OpBytes| String::from_utf8(bytes.as_slice().to_vec()).unwrap();
    format!(
        "log   {}\nh_0   {}\nop 1  {}\nh_1   {}\nsalt  {}\nnote  {}\nseal  {}\nop 2  {}\nh_2   {}\n",
        log(),
        start.hash,
        text(&first),
        one.hash,
        "2a".repeat(32),
        note().value,
        note().seal().0,
        text(&second),
        two.hash
    )
}

#[test]
fn the_protocol_document_holds_the_bytes_that_this_build_writes() {
    let document = include_str!("../../../docs/PROTOCOL.md");
    let vectors = vectors();
    assert!(
        document.contains(&vectors),
        "docs/PROTOCOL.md must contain exactly:\n{vectors}"
    );
}

#[test]
fn what_is_written_reads_back_the_same() {
    let op = case_opened();
    let bytes = op.encode().unwrap();
    assert_eq!(Op::decode(bytes.as_slice()).unwrap(), op);
    assert_eq!(Op::decode(bytes.as_slice()).unwrap().encode().unwrap(), bytes);
}

#[test]
fn an_op_written_another_way_is_refused() {
    let text = String::from_utf8(case_opened().encode().unwrap().into_vec()).unwrap();
    for other in [
        text.replace("\"sv\":1", "\"sv\": 1"),
        text.replace("\"sv\":1", "\"sv\":1.0"),
        text.replace("囧", "\\u56e7"),
        format!("{text}\n"),
        text.replace("\"after\":[],", "")
            .replace("\"sv\":1", "\"sv\":1,\"after\":[]"),
        text.replace("0123456789ad", "0123456789AD"),
        text.replace("\"tz\":480", "\"gnss_ms\":null,\"tz\":480"),
        text.get(..40).unwrap().to_owned(),
        String::new(),
    ] {
        assert!(other == text || Op::decode(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn an_unknown_kind_or_version_or_field_is_kept_and_not_mistaken_for_damage() {
    let text = String::from_utf8(case_opened().encode().unwrap().into_vec()).unwrap();
    let newer = text.replace("\"case_opened\"", "\"case_sung\"");
    assert!(matches!(Op::decode(newer.as_bytes()).unwrap().body, Body::Unknown { kind, sv: 1 } if kind == "case_sung"));
    let version = text.replace("\"sv\":1", "\"sv\":2");
    assert!(matches!(
        Op::decode(version.as_bytes()).unwrap().body,
        Body::Unknown { sv: 2, .. }
    ));
    let field = text.replace("\"number\":", "\"numb\":\"ok\",\"number\":");
    assert!(matches!(
        Op::decode(field.as_bytes()).unwrap().body,
        Body::CaseOpened(_)
    ));
    let damaged = text.replace("\"matter\":\"PK01\"", "\"matter\":7");
    assert!(Op::decode(damaged.as_bytes()).is_err());
}

#[test]
fn an_op_that_could_not_travel_is_not_written() {
    let mut op = case_opened();
    if let Body::CaseOpened(body) = &mut op.body {
        body.matter = "囧".repeat(30_000);
    }
    assert!(matches!(
        op.encode(),
        Err(patrol_domain::op::EncodeError::TooLong { .. })
    ));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = Op::decode(&bytes);
    }

    #[test]
    fn any_wall_clock_and_any_text_survive(wall in -(1i64 << 53) + 1..(1i64 << 53), text in "\\PC{0,80}") {
        let mut op = case_opened();
        op.at.wall_ms = WallMs(wall);
        if let Body::CaseOpened(body) = &mut op.body {
            body.matter = text;
        }
        let bytes = op.encode().unwrap();
        proptest::prop_assert!(!bytes.as_slice().contains(&b'\n'));
        proptest::prop_assert_eq!(Op::decode(bytes.as_slice()).unwrap(), op);
    }
}
