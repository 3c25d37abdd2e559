//! The journals of the station's own, tampered with by somebody who seals as the station afterwards: its administrator.

use patrol_domain::{Seq, Sha256Hash};
use patrol_verify::verify;
use patrol_wire::export::{Exporter, Manifest};
use patrol_wire::station_journal::StationHead;
use patrol_wire::{KeyStatement, KeySuccession, Receipt, Signed};

use crate::shared::{Files, OwnJournal, STATION, STRANGER, public, put_together, put_together_sealed, signed, world};
use crate::ways::{Tamper, change_json, change_line, file, position, replace};
use crate::{table_of, take_apart};

/// The place of a file of the first (0) or second (1) journal of the station's own.
fn own(number: usize, suffix: &str) -> String {
    format!("station/{}/{suffix}", world(4).own()[number].log)
}

fn manifest(files: &mut Files, change: impl FnOnce(&mut Manifest)) {
    change_json::<Manifest>(file(files, "manifest"), change);
}

/// Puts another first journal in the place of the true one, signed and listed, as if it had always been so.
fn rewrite(files: &mut Files, change: impl FnOnce(&mut OwnJournal)) {
    let [mut one, _] = world(4).own();
    change(&mut one);
    let mut at = patrol_domain::Head::start(one.log);
    let (mut chain, mut ops) = (String::new(), Vec::new());
    for op in &one.ops {
        at = at.extend(op);
        chain.push_str(&format!("{}\n", at.hash));
        ops.extend([b"o".as_slice(), op, b"\n"].concat());
    }
    *file(files, &own(0, "000000000001.chain")) = chain.into_bytes();
    *file(files, &own(0, "000000000001.ops")) = ops;
    let mut head = serde_json::to_vec(&one.signed_head(STATION)).unwrap();
    head.push(b'\n');
    *file(files, &own(0, "head")) = head;
    manifest(files, |manifest| manifest.station_logs[0].head = one.head());
}

const WAYS: &[(&str, Tamper, &[&str])] = &[
    ("nothing", |_| {}, &[]),
    (
        "an op's byte",
        |files| replace(file(files, &own(0, "000000000001.ops")), "id_conflict", "id_conflicT"),
        &["op_changed"],
    ),
    (
        "an op dropped",
        |files| {
            let ops = file(files, &own(0, "000000000001.ops"));
            let first = ops.iter().position(|byte| *byte == b'\n').unwrap();
            ops.truncate(first + 1);
        },
        &["op_missing"],
    ),
    (
        "all of a journal's ops gone",
        |files| drop(files.remove(position(files, &own(1, "000000000001.ops")))),
        &["log_head", "op_missing", "station_head_other", "station_opening"],
    ),
    (
        // Whoever holds the station's key can deny its newest journal: only the phones that were told of it can say otherwise.
        "the last journal gone, and not listed any more",
        |files| {
            let folder = own(1, "");
            files.retain(|(name, _)| !name.starts_with(&folder));
            manifest(files, |manifest| manifest.station_logs.truncate(1));
        },
        &[],
    ),
    (
        "the first journal gone, and not listed any more",
        |files| {
            let folder = own(0, "");
            files.retain(|(name, _)| !name.starts_with(&folder));
            manifest(files, |manifest| manifest.station_logs = vec![manifest.station_logs[1]]);
        },
        &["station_predecessor"],
    ),
    (
        "a journal gone",
        |files| {
            let folder = own(1, "");
            files.retain(|(name, _)| !name.starts_with(&folder));
        },
        &["log_missing"],
    ),
    (
        "a journal not listed",
        |files| manifest(files, |manifest| manifest.station_logs.truncate(1)),
        &["log_unlisted"],
    ),
    (
        "another end in the manifest",
        |files| manifest(files, |manifest| manifest.station_logs[1].head.seq = Seq(9)),
        &["log_head"],
    ),
    (
        "a journal written anew without its conflict",
        |files| rewrite(files, |one| drop(one.ops.pop())),
        &["station_predecessor"],
    ),
    (
        "a conflict that tells of other ops",
        |files| {
            rewrite(files, |one| {
                let text = String::from_utf8(one.ops[1].clone()).unwrap();
                let (from, to) = ("\"seq\":2", "\"seq\":4");
                assert!(text.contains(from), "{text}");
                one.ops[1] = text.replace(from, to).into_bytes();
            })
        },
        &["station_conflict", "station_predecessor"],
    ),
    (
        "another station's journal",
        |files| {
            rewrite(files, |one| {
                let text = String::from_utf8(one.ops[0].clone()).unwrap();
                let (from, to) = ("0123456789aa", "0123456789ab");
                assert!(text.contains(from), "{text}");
                one.ops[0] = text.replace(from, to).into_bytes();
            })
        },
        &["station_opening", "station_predecessor"],
    ),
    (
        "an op that is none",
        |files| rewrite(files, |one| one.ops[1] = b"{}".to_vec()),
        &["station_op_malformed", "station_predecessor"],
    ),
    (
        "the head gone",
        |files| drop(files.remove(position(files, &own(0, "head")))),
        &["station_head_missing"],
    ),
    (
        "the head unreadable",
        |files| file(files, &own(0, "head")).truncate(9),
        &["station_head_malformed"],
    ),
    (
        "the head's time",
        |files| change_json::<Signed<StationHead>>(file(files, &own(0, "head")), |head| head.content.station_ms.0 += 1),
        &["station_head_forged"],
    ),
    (
        "the head by a stranger",
        |files| {
            change_json::<Signed<StationHead>>(file(files, &own(0, "head")), |head| {
                *head = signed(STRANGER, head.content.clone());
            })
        },
        &["station_head_key"],
    ),
    (
        "another head signed",
        |files| {
            change_json::<Signed<StationHead>>(file(files, &own(0, "head")), |head| {
                head.content.head = Sha256Hash::of(b"other");
                *head = signed(STATION, head.content.clone());
            })
        },
        &["station_head_other"],
    ),
];

/// The key that the station had before it signed what stands in these exports.
const BEFORE: u8 = 9;

fn succession(old: u8, new: u8) -> KeyStatement {
    let said = KeySuccession {
        station: "01978123-4567-7abc-8def-0123456789aa".parse().unwrap(),
        key: public(new),
        before: public(old).thumbprint(),
        since_ms: patrol_domain::StationMs(4),
    };
    KeyStatement {
        by_old: signed(old, said.clone()),
        by_new: signed(new, said),
    }
}

/// An export of a station that has had another key before, its first receipt signed by that one.
fn with_earlier_key(change: impl FnOnce(&mut Manifest)) -> Vec<u8> {
    let mut files = take_apart(&world(4).export(Exporter::Station));
    manifest(&mut files, |manifest| {
        manifest.station_keys.push(public(BEFORE));
        manifest.key_statements = vec![succession(BEFORE, STATION)];
        change(manifest);
    });
    change_line::<Signed<Receipt>>(file(&mut files, "/receipts/"), |receipt| {
        *receipt = signed(BEFORE, receipt.content.clone());
    });
    put_together_sealed(&files, STATION)
}

#[test]
fn receipts_hold_by_any_key_of_the_chain_and_a_break_in_it_is_named() {
    let found = |change: fn(&mut Manifest), trusted: u8| {
        let report = verify(with_earlier_key(change).as_slice(), &[public(trusted).thumbprint()]).unwrap();
        crate::codes(&report).into_iter().collect::<Vec<_>>()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(found(|_| {}, BEFORE), nothing, "whoever enrolled with the old key");
    assert_eq!(found(|_| {}, STATION), nothing, "and whoever did with the new one");
    assert_eq!(
        found(|manifest| manifest.key_statements.clear(), STATION),
        ["station_key_chain"]
    );
    let cut = found(|manifest| manifest.key_statements.clear(), BEFORE);
    assert!(
        cut.contains(&"station_key_chain") && cut.contains(&"receipt_key"),
        "{cut:?}"
    );
    let forged = found(
        |manifest| manifest.key_statements[0].by_new = succession(BEFORE, STRANGER).by_new,
        BEFORE,
    );
    assert!(
        forged.contains(&"station_key_statement") && forged.contains(&"station_key_chain"),
        "{forged:?}"
    );
    let put_in = found(|manifest| manifest.station_keys.insert(0, public(STRANGER)), STATION);
    assert_eq!(put_in, ["station_key_chain"]);
}

#[test]
fn the_station_s_own_journal_cannot_be_changed_unseen() {
    table_of(Exporter::Station, WAYS, |files| put_together_sealed(files, STATION));
}

#[test]
fn without_the_key_the_file_is_named_too() {
    let name = own(0, "000000000001.ops");
    let mut files = take_apart(&world(4).export(Exporter::Station));
    replace(file(&mut files, &name), "id_conflict", "id_conflicT");
    let found = crate::codes(&crate::check(&put_together(&files)));
    assert_eq!(found, std::collections::BTreeSet::from(["file_changed", "op_changed"]));
}
