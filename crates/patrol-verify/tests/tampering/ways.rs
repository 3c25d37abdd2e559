//! The ways of tampering, each with the names of what is then found.

use patrol_domain::{Seq, Sha256Hash};
use patrol_wire::export::{Manifest, SignedHead};
use patrol_wire::{PhotoReceipt, Receipt, Signed};

use crate::shared::{Files, STATION, STRANGER, signed};

pub(crate) fn position(files: &Files, part: &str) -> usize {
    files.iter().position(|(name, _)| name.contains(part)).unwrap()
}

pub(crate) fn file<'files>(files: &'files mut Files, part: &str) -> &'files mut Vec<u8> {
    let at = position(files, part);
    &mut files[at].1
}

/// The lines of the file of ops, one op with its parts each.
pub(crate) fn change_ops(files: &mut Files, change: impl FnOnce(&mut Vec<String>)) {
    let bytes = file(files, ".ops");
    let text = String::from_utf8(bytes.clone()).unwrap();
    let mut ops: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with('o') {
            ops.push(format!("{line}\n"));
        } else {
            ops.last_mut().unwrap().push_str(&format!("{line}\n"));
        }
    }
    change(&mut ops);
    *bytes = ops.concat().into_bytes();
}

pub(crate) fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    *bytes = text.replacen(from, to, 1).into_bytes();
}

pub(crate) fn change_json<T: serde::Serialize + serde::de::DeserializeOwned>(
    bytes: &mut Vec<u8>,
    change: impl FnOnce(&mut T),
) {
    let mut value: T = serde_json::from_slice(bytes).unwrap();
    change(&mut value);
    *bytes = serde_json::to_vec(&value).unwrap();
    bytes.push(b'\n');
}

pub(crate) fn change_line<T: serde::Serialize + serde::de::DeserializeOwned>(
    bytes: &mut Vec<u8>,
    change: impl FnOnce(&mut T),
) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let mut value: T = serde_json::from_str(first).unwrap();
    change(&mut value);
    *bytes = format!("{}\n{rest}", serde_json::to_string(&value).unwrap()).into_bytes();
}

pub(crate) type Tamper = fn(&mut Files);

/// What somebody does who cannot sign as the exporter, and the names of what is then found.
pub(crate) const WITHOUT_THE_KEY: &[(&str, Tamper, &[&str])] = &[
    (
        "an op's byte",
        |files| replace(file(files, ".ops"), "PK01", "PK02"),
        &["file_changed", "op_changed"],
    ),
    (
        "an op dropped",
        |files| change_ops(files, |ops| drop(ops.remove(2))),
        &["file_changed", "op_missing", "photo_unnamed", "photo_receipt_unnamed"],
    ),
    (
        "a part's words",
        |files| replace(file(files, ".ops"), "车主不在场", "车主在现场"),
        &["file_changed", "part_changed"],
    ),
    (
        "a photo's byte",
        |files| file(files, "photos/")[20] ^= 1,
        &["file_changed", "photo_changed"],
    ),
    (
        "a photo gone",
        |files| drop(files.remove(position(files, "photos/"))),
        &["file_missing"],
    ),
    (
        "a photo put in",
        |files| {
            let bytes = b"another".to_vec();
            files.insert(
                position(files, "photos/"),
                (format!("photos/{}.jpg", Sha256Hash::of(&bytes)), bytes),
            );
        },
        &["file_extra", "photo_unnamed"],
    ),
    (
        "a photo renamed",
        |files| {
            let at = position(files, "photos/");
            files[at].0 = format!("photos/{}.jpg", Sha256Hash::of(b"other name"));
        },
        &["file_renamed", "photo_changed"],
    ),
    (
        "a file twice",
        |files| {
            let at = position(files, "photos/");
            let copy = files[at].clone();
            files.insert(at, copy);
        },
        &["file_twice"],
    ),
    (
        "the index changed",
        |files| replace(file(files, "index"), "manifest.json", "manifest.jsox"),
        &["file_renamed", "index_changed"],
    ),
    (
        "the index unreadable",
        |files| file(files, "index").insert(0, b'x'),
        &["file_extra", "index_changed", "index_malformed"],
    ),
    (
        "the index gone",
        |files| drop(files.remove(position(files, "index"))),
        &["index_missing"],
    ),
    ("the seal gone", |files| drop(files.pop()), &["seal_missing"]),
    (
        "the seal's signature",
        |files| {
            let last = files.len() - 1;
            let at = files[last].1.len() - 20;
            files[last].1[at] = if files[last].1[at] == b'0' { b'1' } else { b'0' };
        },
        &["seal_forged"],
    ),
    (
        "the seal spelt otherwise",
        |files| {
            let last = files.len() - 1;
            replace(&mut files[last].1, "}\n", "} ");
        },
        &["seal_forged"],
    ),
    (
        "a whole journal's ops gone",
        |files| drop(files.remove(position(files, ".ops"))),
        &[
            "exporter_key",
            "file_missing",
            "log_missing",
            "op_missing",
            "photo_receipt_unnamed",
            "photo_unnamed",
            "receipt_head",
        ],
    ),
    (
        "the manifest's time",
        |files| replace(file(files, "manifest"), "1781745128000", "1781745128001"),
        &["file_changed"],
    ),
    (
        "the manifest unreadable",
        |files| file(files, "manifest").truncate(40),
        &["file_changed", "manifest_malformed"],
    ),
    (
        "the manifest gone",
        |files| drop(files.remove(0)),
        &["file_missing", "manifest_missing"],
    ),
    (
        "sealed by a stranger",
        |files| {
            let (_, seal) = files.last_mut().unwrap();
            let content = serde_json::from_slice::<Signed<patrol_wire::export::IndexSeal>>(seal)
                .unwrap()
                .content;
            *seal = serde_json::to_vec(&signed(STRANGER, content)).unwrap();
            seal.push(b'\n');
        },
        &["seal_key"],
    ),
];

/// What somebody does who signs as the exporter afterwards: the device's own officer.
pub(crate) const WITH_THE_KEY: &[(&str, Tamper, &[&str])] = &[
    ("nothing", |_| {}, &[]),
    (
        "an op's byte",
        |files| replace(file(files, ".ops"), "PK01", "PK02"),
        &["op_changed"],
    ),
    (
        "an op dropped",
        |files| change_ops(files, |ops| drop(ops.remove(2))),
        &["op_missing", "photo_unnamed", "photo_receipt_unnamed"],
    ),
    (
        "the last op dropped",
        |files| change_ops(files, |ops| drop(ops.pop())),
        &["op_missing"],
    ),
    (
        "an op put in",
        |files| change_ops(files, |ops| ops.insert(2, "o{\"kind\":\"made_up\"}\n".into())),
        &["op_inserted"],
    ),
    (
        "an op doubled",
        |files| change_ops(files, |ops| ops.insert(2, ops[1].clone())),
        &["op_inserted"],
    ),
    (
        "two ops swapped",
        |files| change_ops(files, |ops| ops.swap(2, 3)),
        &["op_moved"],
    ),
    (
        "a value of the chain",
        |files| {
            let chain = file(files, ".chain");
            let at = 65 * 2 + 5;
            chain[at] = if chain[at] == b'0' { b'1' } else { b'0' };
        },
        &["chain_changed"],
    ),
    (
        "a line that is none",
        |files| file(files, ".ops").extend_from_slice(b"x\n"),
        &["ops_malformed"],
    ),
    (
        "a part's words",
        |files| replace(file(files, ".ops"), "车主不在场", "车主在现场"),
        &["part_changed"],
    ),
    (
        "a part of another op",
        |files| {
            change_ops(files, |ops| {
                let part = ops[2].split_once('\n').unwrap().1.to_owned();
                let op = ops[1].split_once('\n').unwrap().0.to_owned();
                ops[1] = format!("{op}\n{part}");
            })
        },
        &["part_elsewhere"],
    ),
    (
        "a part twice",
        |files| {
            change_ops(files, |ops| {
                let part = ops[1].split_once('\n').unwrap().1.to_owned();
                ops[1].push_str(&part);
            })
        },
        &["part_twice"],
    ),
    (
        "a photo's byte",
        |files| file(files, "photos/")[20] ^= 1,
        &["photo_changed"],
    ),
    (
        "a photo put in",
        |files| {
            let bytes = b"another".to_vec();
            files.insert(
                position(files, "photos/"),
                (format!("photos/{}.jpg", Sha256Hash::of(&bytes)), bytes),
            );
        },
        &["photo_unnamed"],
    ),
    (
        "a photo under two names",
        |files| {
            let at = position(files, "photos/");
            let (name, bytes) = files[at].clone();
            files.insert(at + 1, (name.replace(".jpg", ".png"), bytes));
        },
        &["photo_twice"],
    ),
    (
        "a receipt's time",
        |files| {
            change_line::<Signed<Receipt>>(file(files, "/receipts/"), |receipt| {
                receipt.content.station_ms.0 += 1;
            })
        },
        &["receipt_forged"],
    ),
    (
        "a receipt by a stranger",
        |files| {
            change_line::<Signed<Receipt>>(file(files, "/receipts/"), |receipt| {
                *receipt = signed(STRANGER, receipt.content.clone());
            })
        },
        &["receipt_key"],
    ),
    (
        "a receipt for another head",
        |files| {
            change_line::<Signed<Receipt>>(file(files, "/receipts/"), |receipt| {
                receipt.content.head = Sha256Hash::of(b"other");
                *receipt = signed(STATION, receipt.content.clone());
            })
        },
        &["receipt_head"],
    ),
    (
        "a receipt beyond the end",
        |files| {
            change_line::<Signed<Receipt>>(file(files, "/receipts/"), |receipt| {
                receipt.content.seq = Seq(99);
                *receipt = signed(STATION, receipt.content.clone());
            })
        },
        &["receipt_head"],
    ),
    (
        "a receipt for another journal",
        |files| {
            change_line::<Signed<Receipt>>(file(files, "/receipts/"), |receipt| {
                receipt.content.log = patrol_testkit::op::log_id(9);
                *receipt = signed(STATION, receipt.content.clone());
            })
        },
        &["receipt_log"],
    ),
    (
        "a receipt unreadable",
        |files| file(files, "/receipts/").insert(0, b'x'),
        &["receipt_malformed"],
    ),
    (
        "a photo receipt's length",
        |files| {
            change_line::<Signed<PhotoReceipt>>(file(files, "photos/receipts"), |receipt| {
                receipt.content.bytes += 1;
                *receipt = signed(STATION, receipt.content.clone());
            })
        },
        &["photo_receipt_length"],
    ),
    (
        "a photo receipt changed",
        |files| {
            change_line::<Signed<PhotoReceipt>>(file(files, "photos/receipts"), |receipt| {
                receipt.content.bytes += 1;
            })
        },
        &["photo_receipt_forged"],
    ),
    (
        "a photo receipt by a stranger",
        |files| {
            change_line::<Signed<PhotoReceipt>>(file(files, "photos/receipts"), |receipt| {
                *receipt = signed(STRANGER, receipt.content.clone());
            })
        },
        &["photo_receipt_key"],
    ),
    (
        "the head's signature",
        |files| change_json::<SignedHead>(file(files, "/head"), |head| head.sig.0[5] ^= 1),
        &["head_forged"],
    ),
    (
        "another head signed",
        |files| change_json::<SignedHead>(file(files, "/head"), |head| head.head.seq = Seq(3)),
        &["head_other"],
    ),
    (
        "the head unreadable",
        |files| file(files, "/head").truncate(9),
        &["head_malformed"],
    ),
    (
        "the certificate's officer",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                manifest.devices[0].certificate.as_mut().unwrap().content.officer = "0001".into();
            })
        },
        &["certificate_forged"],
    ),
    (
        "a certificate by a stranger",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                let certificate = manifest.devices[0].certificate.as_mut().unwrap();
                *certificate = signed(STRANGER, certificate.content.clone());
            })
        },
        &["certificate_key"],
    ),
    (
        "another device's certificate",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                let certificate = manifest.devices[0].certificate.as_mut().unwrap();
                certificate.content.device_key_thumbprint = Sha256Hash::of(b"other");
                *certificate = signed(STATION, certificate.content.clone());
            })
        },
        &["certificate_device"],
    ),
    (
        "a journal listed twice",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                manifest.logs.push(manifest.logs[0]);
            })
        },
        &["log_twice"],
    ),
    (
        "a journal not listed",
        |files| change_json::<Manifest>(file(files, "manifest"), |manifest| manifest.logs.clear()),
        &["log_unlisted"],
    ),
    (
        "a journal listed and gone",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                let mut other = manifest.logs[0];
                other.log = patrol_testkit::op::log_id(9);
                manifest.logs.push(other);
            })
        },
        &["log_missing"],
    ),
    (
        "another end in the manifest",
        |files| {
            change_json::<Manifest>(file(files, "manifest"), |manifest| {
                manifest.logs[0].head.hash = Sha256Hash::of(b"other");
            })
        },
        &["log_head"],
    ),
];
