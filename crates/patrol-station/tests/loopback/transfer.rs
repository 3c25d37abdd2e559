//! Journals in a file: out of the station, and back in when a phone is not let in any more.

use std::fs::File;
use std::path::{Path, PathBuf};

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::Head;
use patrol_station::ImportError;
use patrol_verify::verify;
use patrol_wire::export::{
    ExportWriter, ExportedDevice, ExportedLog, Exporter, FORMAT, Manifest, Sealer, SignedHead, photo_name,
};
use patrol_wire::frame::FrameOp;
use patrol_wire::push::head_message;
use patrol_wire::{Alg, EnrolmentCertificate, PublicKey, SignatureBytes, Signed};
use reqwest::StatusCode;

use crate::command::{run, text};
use crate::phone::{Phone, photo_ref, picture, public};
use crate::server::Server;

const RECOVERY: [u8; 32] = [77; 32];

/// What the phone holds, as a phone writes it, up to op `count`.
fn export_of(phone: &Phone, certificate: Option<Signed<EnrolmentCertificate>>, photos: &[&[u8]]) -> Vec<u8> {
    let key = public(&phone.key);
    let head = phone.head(phone.ops.len());
    let manifest = Manifest {
        format: FORMAT,
        exporter: Exporter::Phone,
        key: key.clone(),
        station: None,
        made_ms: 1,
        logs: vec![ExportedLog {
            log: phone.log,
            head,
            device: Some(phone.device),
        }],
        station_logs: vec![],
        station_keys: vec![phone.station_key.clone()],
        key_statements: vec![],
        devices: vec![ExportedDevice {
            key: key.clone(),
            certificate,
        }],
        recovery_key_id: None,
    };
    let mut export = ExportWriter::begin(Vec::new(), &manifest).unwrap();
    let mut writer = export.log(phone.log);
    let mut at = Head::start(phone.log);
    for FrameOp { op, parts } in &phone.ops {
        at = at.extend(op);
        writer.op(at.seq, at.hash, op, parts).unwrap();
    }
    writer.finish().unwrap();
    let sign = |message: &[u8]| -> [u8; 64] {
        let signature: Signature = phone.key.sign(message);
        signature.to_bytes().into()
    };
    let signed = SignedHead {
        log: phone.log,
        head,
        alg: Alg::Es256,
        sig: SignatureBytes(sign(&head_message(phone.log, head))),
    };
    export.head(&signed).unwrap();
    for photo in photos {
        export.file(&photo_name(photo_ref(photo).sha256, "jpg"), photo).unwrap();
    }
    export
        .finish(&key.key_id(), |message| Ok::<_, String>(sign(message)))
        .unwrap()
}

fn write(server: &Server, name: &str, bytes: &[u8]) -> PathBuf {
    let path = server.folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

pub(crate) async fn export_of_station(server: &Server, path: &Path) {
    let out = Box::new(File::create(path).unwrap());
    server.station.store().export(Vec::new(), out).await.unwrap();
}

fn seal(plain: &[u8]) -> Vec<u8> {
    struct Fixed;
    impl patrol_domain::port::Randomness for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(5);
        }
    }
    let recovery: PublicKey = public(&SigningKey::from_slice(&RECOVERY).unwrap());
    let mut sealer = Sealer::begin(Vec::new(), &recovery, &Fixed).unwrap();
    std::io::Write::write_all(&mut sealer, plain).unwrap();
    sealer.finish().unwrap()
}

#[tokio::test]
async fn what_the_station_exports_verifies_without_it() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let (here, waiting) = (picture(3, 5_000), picture(4, 6_000));
    phone.add_case("囧", vec![photo_ref(&here)]);
    phone.push(1, 2).await;
    phone.add_case("两行", vec![photo_ref(&waiting)]);
    phone.push(3, 3).await;
    assert_eq!(phone.put(&here).await.status(), StatusCode::OK);
    let path = server.folder.path().join("station.tar");
    export_of_station(&server, &path).await;
    let report = verify(File::open(&path).unwrap(), &[server.station.public_key().thumbprint()]).unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let found: Vec<&str> = report.absences.iter().map(|absence| absence.code()).collect();
    assert_eq!(found, ["photo_not_arrived"]);
    assert_eq!(
        (report.counts.ops, report.counts.parts, report.counts.photos),
        (3, 2, 1)
    );
    assert_eq!((report.counts.receipts, report.counts.photo_receipts), (2, 1));
}

#[tokio::test]
async fn a_sealed_export_brings_what_the_phone_had_not_sent_and_brings_it_once() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    phone.push(1, 1).await;
    let photo = picture(3, 150_000);
    phone.add_case("没来得及上传", vec![photo_ref(&photo)]);
    let sealed = write(&server, "sealed", &seal(&export_of(&phone, None, &[&photo])));
    let refused = server.station.import(&sealed, None).await.unwrap_err();
    assert!(matches!(refused, ImportError::NoRecoveryKey), "{refused}");
    let imported = server.station.import(&sealed, Some(RECOVERY)).await.unwrap();
    assert_eq!(imported.journals.get(&phone.log), Some(&1), "{imported:?}");
    assert_eq!((imported.photos, imported.refused.len()), (1, 0));
    let digest = server.station.digest(Some(phone.log)).await.unwrap();
    let again = server.station.import(&sealed, Some(RECOVERY)).await.unwrap();
    assert_eq!(
        (again.journals.get(&phone.log), again.photos, again.known_photos),
        (Some(&0), 0, 1)
    );
    assert_eq!(server.station.digest(Some(phone.log)).await.unwrap(), digest);
    assert_eq!(server.station.store().overview().await.unwrap().counts.cases, 1);
}

#[tokio::test]
async fn an_import_in_another_process_and_the_phone_itself_bring_the_same_at_once_and_once() {
    let server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    let photos: Vec<Vec<u8>> = (1..=12).map(|seed| picture(seed, 120_000)).collect();
    for photo in &photos {
        phone.add_case("两边一起到", vec![photo_ref(photo)]);
    }
    let export = write(
        &server,
        "export",
        &export_of(&phone, None, &photos.iter().map(Vec::as_slice).collect::<Vec<_>>()),
    );
    let data = server.data();
    let importing = std::thread::spawn(move || {
        run(&[
            "log",
            "import",
            export.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ])
    });
    let all = phone.ops.len();
    for upto in 1..=all {
        phone.push(1, upto).await;
    }
    for photo in &photos {
        assert_eq!(phone.put(photo).await.status(), StatusCode::OK);
    }
    let imported = importing.join().unwrap();
    assert!(imported.status.success(), "{}", text(&imported.stderr));

    let mut digest = patrol_domain::digest::JournalDigest::new(phone.log);
    phone.ops.iter().for_each(|op| digest.add_op(&op.op, &op.parts));
    for photo in &photos {
        digest.add_photo(photo_ref(photo).sha256, photo.len() as u64);
    }
    let held = server.station.digest(None).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].to_string(), digest.to_string());
    let counts = server.station.store().overview().await.unwrap().counts;
    assert_eq!((counts.cases, counts.photos, counts.quarantined), (12, 12, 0));
    for folder in ["incoming", "importing"] {
        let left = crate::server::files(&server.data().join(folder));
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn a_fork_a_stranger_and_a_changed_file_bring_nothing() {
    let mut server = Server::start().await;
    let mut phone = Phone::enrol(&server, 1).await;
    phone.open_log();
    phone.add_case("先到的", vec![]);
    phone.push(1, 2).await;
    let before = server.station.digest(None).await.unwrap();
    // The same journal with another second op.
    phone.ops.pop();
    phone.add_case("另一个", vec![]);
    let fork = write(&server, "fork", &export_of(&phone, None, &[]));
    let mut stranger = Phone::enrol(&server, 2).await;
    stranger.key = SigningKey::from_slice(&[9; 32]).unwrap();
    stranger.log = crate::phone::id(99);
    stranger.open_log();
    let strange = write(&server, "strange", &export_of(&stranger, None, &[]));
    let mut bytes = export_of(&phone, None, &[]);
    let at = bytes.windows(4).position(|four| four == b"PK01").unwrap();
    bytes[at] = b'Q';
    let changed = write(&server, "changed", &bytes);
    server.stop().await;

    let refused = server.station.import(&fork, None).await.unwrap().refused;
    assert_eq!((refused[0].log, refused[0].code), (phone.log, "forked"));
    let refused = server.station.import(&strange, None).await.unwrap().refused;
    assert_eq!((refused[0].log, refused[0].code), (stranger.log, "unknown_device"));
    let refused = server.station.import(&changed, None).await.unwrap_err();
    assert!(
        matches!(&refused, ImportError::Tampered(failures) if failures.len() >= 2),
        "{refused}"
    );
    assert_eq!(server.station.digest(None).await.unwrap(), before);
}
