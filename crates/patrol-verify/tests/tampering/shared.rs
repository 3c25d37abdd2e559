//! A journal of a phone, exported as a phone and as a station would, and an export taken apart, changed and put together.

use std::io::Read as _;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::op::{Adopted, LogOpened, OpenReason, Predecessor};
use patrol_domain::{Body, DeviceId, Head, LogId, Op, Part, Seq, Sha256Hash, StationId, StationMs};
use patrol_testkit::op;
use patrol_wire::export::{
    ExportReader, ExportWriter, ExportedDevice, ExportedLog, ExportedStationLog, Exporter, FORMAT, IndexSeal, Manifest,
    SignedHead, photo_name,
};
use patrol_wire::push::head_message;
use patrol_wire::signature::{SignatureError, SignedContent};
use patrol_wire::station_journal::{
    IdConflict, OpPlace, StationHead, StationLogOpened, StationOp, StationOpKind, StationOpenReason,
};
use patrol_wire::{Alg, EnrolmentCertificate, PhotoReceipt, PublicKey, Receipt, SignatureBytes, Signed};

pub(crate) type Files = Vec<(String, Vec<u8>)>;

pub(crate) fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

pub(crate) const DEVICE: u8 = 1;
pub(crate) const STATION: u8 = 2;
pub(crate) const STRANGER: u8 = 3;

pub(crate) fn public(byte: u8) -> PublicKey {
    PublicKey::from_sec1(key(byte).verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

pub(crate) fn sign(byte: u8, message: &[u8]) -> [u8; 64] {
    let signature: Signature = key(byte).sign(message);
    signature.to_bytes().into()
}

pub(crate) fn signed<T: SignedContent>(byte: u8, content: T) -> Signed<T> {
    Signed::sign(content, &public(byte).key_id(), |message| {
        Ok::<_, SignatureError>(sign(byte, message))
    })
    .unwrap()
}

pub(crate) fn device() -> DeviceId {
    "01978123-4567-7abc-8def-0123456789ad".parse().unwrap()
}

/// One journal: its ops with their parts.
#[derive(Clone)]
pub(crate) struct Journal {
    pub(crate) log: LogId,
    pub(crate) ops: Vec<(Vec<u8>, Vec<Part>)>,
}

impl Journal {
    pub(crate) fn head(&self, count: usize) -> Head {
        let ops = self.ops.iter().take(count);
        ops.fold(Head::start(self.log), |head, (op, _)| head.extend(op))
    }

    pub(crate) fn last(&self) -> Head {
        self.head(self.ops.len())
    }

    pub(crate) fn add(&mut self, op: &Op, parts: Vec<Part>) {
        self.ops.push((op.encode().unwrap().into_vec(), parts));
    }
}

/// What stands in the exports of these tests.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) journals: Vec<Journal>,
    pub(crate) photos: Vec<Vec<u8>>,
    /// How many ops of the first journal the station has signed for.
    pub(crate) receipted: Vec<usize>,
}

fn opened(seed: u64, reason: OpenReason, predecessor: Option<Predecessor>) -> Op {
    let mut op = op::log_opened(seed, op::person(1));
    op.body = Body::LogOpened(LogOpened {
        device_key_thumbprint: public(DEVICE).thumbprint(),
        app: "xunge test".into(),
        station: None,
        reason,
        predecessor,
    });
    op
}

/// A journal of `cases` cases with a note and a photo each, the last case's op followed by one of a kind from the future.
pub(crate) fn world(cases: u64) -> World {
    let mut journal = Journal {
        log: op::log_id(1),
        ops: Vec::new(),
    };
    journal.add(&opened(900, OpenReason::First, None), vec![]);
    let mut photos = Vec::new();
    for seed in 0..cases {
        let original = op::original(seed, 700 + usize::try_from(seed).unwrap());
        let (case, parts) = op::case_opened(seed, &[op::photo_ref(&original)], Some("车主不在场，已贴单。"));
        journal.add(&case, parts);
        photos.push(original);
    }
    let text = String::from_utf8(journal.ops[1].0.clone()).unwrap();
    let other: String = patrol_domain::OpId::new(*uuid_of(7)).to_string();
    let id = Op::decode(text.as_bytes()).unwrap().id.to_string();
    let later = text.replace(&id, &other).replace("\"case_opened\"", "\"case_weighed\"");
    journal.ops.push((later.into_bytes(), vec![]));
    World {
        receipted: vec![1, journal.ops.len() - 1],
        journals: vec![journal],
        photos,
    }
}

fn uuid_of(_: u8) -> &'static uuid::Uuid {
    static ID: uuid::Uuid = uuid::Uuid::from_u128(0x0197_8123_4567_7abc_8def_0123_4567_89ff);
    &ID
}

/// The first journal was copied: a second one takes its last two cases over.
pub(crate) fn with_adopted(mut world: World) -> World {
    let first = world.journals[0].clone();
    let last = first.last();
    let mut second = Journal {
        log: op::log_id(2),
        ops: Vec::new(),
    };
    let predecessor = Predecessor {
        log: first.log,
        seq: last.seq,
        h: last.hash,
    };
    second.add(&opened(901, OpenReason::Copy, Some(predecessor)), vec![]);
    let mut says_so = opened(902, OpenReason::Copy, None);
    says_so.body = Body::Adopted(Adopted {
        log: first.log,
        from_seq: Seq(2),
        to_seq: Seq(3),
    });
    second.add(&says_so, vec![]);
    second.ops.extend(first.ops[1..3].iter().cloned());
    world.journals.push(second);
    world
}

/// A journal of the station's own.
pub(crate) struct OwnJournal {
    pub(crate) log: LogId,
    pub(crate) ops: Vec<Vec<u8>>,
}

impl OwnJournal {
    fn open(number: u64, reason: StationOpenReason, before: Option<&Self>) -> Self {
        let opened = StationLogOpened {
            station: station(),
            epoch: format!("EPOCH{number}"),
            key_thumbprint: Some(public(STATION).thumbprint()),
            app: "patrol-station test".into(),
            reason,
            predecessor: before.map(|before| Predecessor {
                log: before.log,
                seq: before.head().seq,
                h: before.head().hash,
            }),
        };
        let mut own = Self {
            log: op::log_id(50 + number),
            ops: Vec::new(),
        };
        own.add(StationOpKind::Opened(opened));
        own
    }

    pub(crate) fn add(&mut self, body: StationOpKind) {
        let number = 0x0197_8123_4567_7abc_8def_0123_4567_9000 + self.ops.len() as u128;
        let op = StationOp {
            id: patrol_domain::OpId::new(uuid::Uuid::from_u128(number)),
            station_ms: StationMs(7),
            body,
        };
        self.ops.push(op.encode().unwrap());
    }

    pub(crate) fn head(&self) -> Head {
        self.ops.iter().fold(Head::start(self.log), |head, op| head.extend(op))
    }

    fn listed(&self) -> ExportedStationLog {
        ExportedStationLog {
            log: self.log,
            head: self.head(),
        }
    }

    pub(crate) fn signed_head(&self, signer: u8) -> Signed<StationHead> {
        let head = StationHead {
            station: station(),
            log: self.log,
            seq: self.head().seq,
            head: self.head().hash,
            station_ms: StationMs(8),
        };
        signed(signer, head)
    }

    fn write(&self, export: &mut ExportWriter<Vec<u8>>) {
        let mut writer = export.station_log(self.log);
        let mut at = Head::start(self.log);
        for op in &self.ops {
            at = at.extend(op);
            writer.op(at.seq, at.hash, op, &[]).unwrap();
        }
        writer.finish().unwrap();
        export.station_head(&self.signed_head(STATION)).unwrap();
    }
}

fn station() -> StationId {
    "01978123-4567-7abc-8def-0123456789aa".parse().unwrap()
}

impl World {
    /// The station's own: a conflict in the first life of its database, another in the second, as far as the phone's journal
    /// has ops for them.
    pub(crate) fn own(&self) -> [OwnJournal; 2] {
        let conflict = |seq: usize| {
            let stands = &self.journals[0].ops.get(seq - 1)?.0;
            Some(StationOpKind::IdConflict(IdConflict {
                op: Op::decode(stands).unwrap().id,
                stands: OpPlace {
                    log: self.journals[0].log,
                    seq: Seq(seq as u64),
                    sha256: Sha256Hash::of(stands),
                },
                // In another phone's journal, which is not in these exports.
                set_aside: OpPlace {
                    log: op::log_id(40),
                    seq: Seq(1),
                    sha256: Sha256Hash::of(b"other words"),
                },
            }))
        };
        let mut one = OwnJournal::open(1, StationOpenReason::First, None);
        conflict(2).into_iter().for_each(|conflict| one.add(conflict));
        let mut two = OwnJournal::open(2, StationOpenReason::Restore, Some(&one));
        conflict(3).into_iter().for_each(|conflict| two.add(conflict));
        [one, two]
    }

    pub(crate) fn manifest(&self, exporter: Exporter) -> Manifest {
        let certificate = EnrolmentCertificate {
            station: station(),
            device: device(),
            device_key_thumbprint: public(DEVICE).thumbprint(),
            secret_hash: Sha256Hash::of(b"secret"),
            log: self.journals[0].log,
            officer: "0427".into(),
            officer_name: Some("王队员".into()),
            recovery_key: None,
            station_ms: StationMs(1),
        };
        Manifest {
            format: FORMAT,
            exporter,
            key: public(match exporter {
                Exporter::Phone => DEVICE,
                Exporter::Station => STATION,
            }),
            station: Some(certificate.station),
            made_ms: 1_781_745_128_000,
            logs: self
                .journals
                .iter()
                .map(|journal| ExportedLog {
                    log: journal.log,
                    head: journal.last(),
                    device: Some(device()),
                })
                .collect(),
            station_logs: match exporter {
                Exporter::Phone => vec![],
                Exporter::Station => self.own().iter().map(OwnJournal::listed).collect(),
            },
            station_keys: vec![public(STATION)],
            key_statements: vec![],
            devices: vec![ExportedDevice {
                key: public(DEVICE),
                certificate: Some(signed(STATION, certificate)),
            }],
            recovery_key_id: None,
        }
    }

    pub(crate) fn receipt(&self, count: usize) -> Receipt {
        let head = self.journals[0].head(count);
        Receipt {
            log: self.journals[0].log,
            seq: head.seq,
            head: head.hash,
            station_ms: StationMs(5),
            beacon: "Zk3v0mQ2Wq8".into(),
            epoch: Some("K7Q2".into()),
        }
    }

    /// The export that this exporter makes of it.
    pub(crate) fn export(&self, exporter: Exporter) -> Vec<u8> {
        let mut export = ExportWriter::begin(Vec::new(), &self.manifest(exporter)).unwrap();
        for journal in &self.journals {
            let mut writer = export.log(journal.log);
            for (count, (op, parts)) in journal.ops.iter().enumerate() {
                let at = journal.head(count + 1);
                writer.op(at.seq, at.hash, op, parts).unwrap();
            }
            writer.finish().unwrap();
            if exporter == Exporter::Phone {
                let head = journal.last();
                let sig = SignatureBytes(sign(DEVICE, &head_message(journal.log, head)));
                let log = journal.log;
                export
                    .head(&SignedHead {
                        log,
                        head,
                        alg: Alg::Es256,
                        sig,
                    })
                    .unwrap();
            }
        }
        let log = self.journals[0].log;
        let mut receipts = export.lines(format!("logs/{log}/receipts"));
        for count in &self.receipted {
            let line = serde_json::to_string(&signed(STATION, self.receipt(*count))).unwrap();
            receipts.line(&line).unwrap();
        }
        receipts.finish().unwrap();
        if exporter == Exporter::Station {
            self.own().iter().for_each(|own| own.write(&mut export));
        }
        let mut photos: Vec<_> = self.photos.iter().map(|photo| (Sha256Hash::of(photo), photo)).collect();
        photos.sort();
        for (sha256, photo) in &photos {
            export.file(&photo_name(*sha256, "jpg"), photo).unwrap();
        }
        let mut receipts = export.lines("photos/receipts".into());
        // The last one has not arrived, as far as the station has said.
        for (sha256, photo) in photos.iter().take(photos.len() - 1) {
            let receipt = PhotoReceipt {
                sha256: *sha256,
                bytes: photo.len() as u64,
                device: device(),
                station_ms: StationMs(6),
            };
            receipts
                .line(&serde_json::to_string(&signed(STATION, receipt)).unwrap())
                .unwrap();
        }
        receipts.finish().unwrap();
        let sealer = match exporter {
            Exporter::Phone => DEVICE,
            Exporter::Station => STATION,
        };
        let sign = |message: &[u8]| Ok::<_, String>(sign(sealer, message));
        export.finish(&public(sealer).key_id(), sign).unwrap()
    }
}

/// The files of an export, index and seal included.
pub(crate) fn take_apart(export: &[u8]) -> Files {
    let mut reader = ExportReader::new(export);
    let mut files = Vec::new();
    while let Some(mut entry) = reader.next_entry().unwrap() {
        let name = entry.name.clone();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((name, bytes));
    }
    files
}

/// The files as a tar file, as they are.
pub(crate) fn put_together(files: &Files) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// As [`put_together`], with an index that fits the files and a seal of `sealer`: what somebody with the key can do.
pub(crate) fn put_together_sealed(files: &Files, sealer: u8) -> Vec<u8> {
    let mut files: Files = files
        .iter()
        .filter(|(name, _)| name != "index" && name != "seal.json")
        .cloned()
        .collect();
    let lines = files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", Sha256Hash::of(bytes)));
    let index: String = lines.collect();
    let seal = IndexSeal {
        index: Sha256Hash::of(index.as_bytes()),
        files: files.len() as u64,
        bytes: files.iter().map(|(_, bytes)| bytes.len() as u64).sum(),
    };
    let mut text = serde_json::to_vec(&signed(sealer, seal)).unwrap();
    text.push(b'\n');
    files.push(("index".into(), index.into_bytes()));
    files.push(("seal.json".into(), text));
    put_together(&files)
}
