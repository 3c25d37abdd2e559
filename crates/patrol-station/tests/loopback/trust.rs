//! Phones that were shut out, a station that was set back, and phones that it no longer knows.

use std::path::Path;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeS, Serializable as _};
use patrol_domain::hash::encode_hex;
use patrol_domain::{DeviceId, Seq};
use patrol_sqlite::MachineDisk;
use patrol_station::{Layout, Marker, ReceiptKey};
use patrol_wire::{
    DeviceState, EnrolmentCertificate, ErrorCode, KeysReply, LogStatus, PublicKey, PushReply, ReadmitReply,
    ReadmitRequest, Receipt, RecoveryEnvelope, Signed, frame,
};
use reqwest::{Method, Response, StatusCode};

use crate::command::{run, text};
use crate::phone::{Phone, id, public, refusal};
use crate::server::{Server, copy_folder};

/// A phone with an opened journal and one case, pushed.
async fn pushed(server: &Server, number: u8) -> (Phone, PushReply) {
    let mut phone = Phone::enrol(server, number).await;
    phone.open_log();
    phone.add_case("囧", vec![]);
    let reply = phone.push(1, 2).await;
    (phone, reply)
}

pub(crate) async fn readmit(phone: &Phone, request: &ReadmitRequest) -> Response {
    let call = phone.call(Method::POST, "/v1/enrol/certificate");
    call.json(request).send().await.unwrap()
}

pub(crate) fn certificate(phone: &Phone) -> ReadmitRequest {
    ReadmitRequest {
        certificate: phone.certificate.clone().unwrap(),
        device_key: public(&phone.key),
        keys: KeysReply::default(),
    }
}

async fn status(phone: &Phone) -> Response {
    phone
        .call(Method::GET, &format!("/v1/logs/{}", phone.log))
        .send()
        .await
        .unwrap()
}

fn marker(data: &Path) -> Marker {
    serde_json::from_slice(&std::fs::read(data.join("marker/marker.json")).unwrap()).unwrap()
}

/// `patrol-station device <word> --data … <device>`, as another process beside the one that serves.
fn device(word: &str, data: &Path, device: DeviceId) -> String {
    let done = run(&["device", word, "--data", data.to_str().unwrap(), &device.to_string()]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout).to_owned()
}

/// Puts the database of `from` in the place of this one, as somebody would by hand.
fn put_database_back(from: &Path, data: &Path) {
    for name in ["station.db-wal", "station.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
    std::fs::copy(from.join("station.db"), data.join("station.db")).unwrap();
}

#[tokio::test]
async fn a_retired_phone_may_still_push_and_a_lost_one_is_a_stranger_at_once() {
    let server = Server::start().await;
    let (mut phone, _) = pushed(&server, 1).await;
    let before: LogStatus = status(&phone).await.json().await.unwrap();
    assert_eq!(before.device_state, Some(DeviceState::Active));

    device("retire", &server.data(), phone.device);
    phone.add_case("二", vec![]);
    assert_eq!(phone.push(3, 3).await.acked_seq, Seq(3));
    let retired: LogStatus = status(&phone).await.json().await.unwrap();
    assert_eq!(retired.device_state, Some(DeviceState::Retired));
    let listed = run(&["device", "list", "--json", "--data", server.data().to_str().unwrap()]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(
        (&listed[0]["state"], &listed[0]["journals"][0]["acked_seq"]),
        (&"retired".into(), &3.into())
    );

    device("lost", &server.data(), phone.device);
    let lost = refusal(phone.push_response(1, 2).await, 401).await;
    let stranger = phone.client.get(format!("{}/v1/caps", server.url)).header(
        "authorization",
        format!("Bearer {}.{}", id::<DeviceId>(5), phone.secret),
    );
    assert_eq!(lost, refusal(stranger.send().await.unwrap(), 401).await);
    device("retire", &server.data(), phone.device);
    assert_eq!(
        status(&phone).await.status(),
        StatusCode::UNAUTHORIZED,
        "lost stays lost"
    );
    let digest = server.station.digest(Some(phone.log)).await.unwrap();
    assert_eq!(digest.len(), 1, "what it brought is kept");
    let table = run(&["device", "list", "--data", server.data().to_str().unwrap()]);
    let table = text(&table.stdout);
    assert!(
        table.contains("挂失/lost") && table.contains("3/3") && table.contains("王队员"),
        "{table}"
    );
}

#[tokio::test]
async fn a_database_put_back_by_hand_shuts_the_same_phones_out_and_learns_from_the_others() {
    let server = Server::start().await;
    let (lost, first) = pushed(&server, 1).await;
    let old = tempfile::tempdir().unwrap();
    let server = server.restart_after(|data| copy_folder(data, old.path())).await;
    let (later, signed) = pushed(&server, 2).await;
    let (later_lost, _) = pushed(&server, 3).await;
    device("lost", &server.data(), lost.device);
    device("lost", &server.data(), later_lost.device);

    let server = server.restart_after(|data| put_database_back(old.path(), data)).await;
    let phone = |mut phone: Phone| {
        phone.url.clone_from(&server.url);
        phone
    };
    let (lost, later, later_lost) = (phone(lost), phone(later), phone(later_lost));
    let epoch = server.station.store().facts().await.unwrap().epoch;
    assert_eq!(epoch, first.epoch, "of the same epoch: only a phone can tell");
    assert_eq!(status(&lost).await.status(), StatusCode::UNAUTHORIZED);
    let stranger = refusal(status(&later).await, 401).await;
    for shut_out in [&lost, &later_lost] {
        let answer = readmit(shut_out, &certificate(shut_out)).await;
        assert_eq!(refusal(answer, 401).await, stranger);
    }
    let reply: ReadmitReply = readmit(&later, &certificate(&later)).await.json().await.unwrap();
    assert_eq!(reply.epoch, epoch);
    let told: PushReply = show(&later, 1, &signed.receipt).await.json().await.unwrap();
    assert_ne!(told.epoch, epoch);
    assert_eq!(marker(&server.data()).epoch, told.epoch);

    let server = server.restart().await;
    assert_eq!(server.station.store().facts().await.unwrap().epoch, told.epoch, "once");
    assert_eq!(marker(&server.data()).revoked.len(), 2);
}

#[tokio::test]
async fn every_state_that_a_crash_can_leave_of_database_and_marker_opens_and_agrees() {
    let server = Server::start().await;
    let (phone, first) = pushed(&server, 1).await;
    let made = marker(&server.data());
    assert_eq!((made.epoch.as_str(), made.revoked.len()), (first.epoch.as_str(), 0));

    // A station of before there were markers.
    let server = server
        .restart_after(|data| std::fs::remove_dir_all(data.join("marker")).unwrap())
        .await;
    assert_eq!(marker(&server.data()), made);

    // Killed between the database's half of a new epoch and the marker's, and the other way round.
    let other = Marker {
        epoch: "OTHER".into(),
        ..made.clone()
    };
    let write = |data: &Path, marker: &Marker| {
        std::fs::write(data.join("marker/marker.json"), serde_json::to_vec(marker).unwrap()).unwrap();
    };
    let server = server
        .restart_after(|data| {
            write(data, &other);
            std::fs::write(data.join("marker/marker.json.new"), "{").unwrap();
        })
        .await;
    let second = server.station.store().facts().await.unwrap().epoch;
    assert!(second != first.epoch && second != "OTHER");
    assert_eq!(marker(&server.data()).epoch, second);

    // Killed between the marker's half of a revocation and the database's, and the marker lost after a whole one.
    let mut revoked = marker(&server.data());
    revoked.revoked.push(patrol_station::Revocation {
        device: phone.device,
        state: patrol_station::Revoked::Lost,
        since_ms: patrol_domain::StationMs(1),
    });
    let server = server.restart_after(|data| write(data, &revoked)).await;
    let mut phone = phone;
    phone.url.clone_from(&server.url);
    assert_eq!(status(&phone).await.status(), StatusCode::UNAUTHORIZED);
    let server = server
        .restart_after(|data| std::fs::remove_dir_all(data.join("marker")).unwrap())
        .await;
    assert_eq!(marker(&server.data()), revoked, "the database remembers too");
    assert_eq!(server.station.store().facts().await.unwrap().epoch, second);

    // Another station's marker, and one that cannot be read, are not guessed at.
    let data = server.data();
    let foreign = Marker {
        station: id(77),
        ..revoked
    };
    for (bytes, why) in [
        (serde_json::to_vec(&foreign).unwrap(), "not of this one"),
        (b"{".to_vec(), "not an epoch marker"),
    ] {
        std::fs::write(data.join("marker/marker.json"), bytes).unwrap();
        let refused = run(&["digest", "--data", data.to_str().unwrap()]);
        assert!(
            !refused.status.success() && text(&refused.stderr).contains(why),
            "{}",
            text(&refused.stderr)
        );
    }
}

#[tokio::test]
async fn a_machine_set_back_with_its_marker_hears_it_from_a_phone_and_begins_one_new_epoch() {
    let server = Server::start().await;
    let (mut phone, first) = pushed(&server, 1).await;
    let old = tempfile::tempdir().unwrap();
    let server = server.restart_after(|data| copy_folder(data, old.path())).await;
    phone.url.clone_from(&server.url);
    phone.add_case("二", vec![]);
    let lost = phone.push(3, 3).await;
    assert_eq!(lost.acked_seq, Seq(3));

    let server = server
        .restart_after(|data| {
            std::fs::remove_dir_all(data).unwrap();
            copy_folder(old.path(), data);
        })
        .await;
    phone.url.clone_from(&server.url);
    assert_eq!(
        server.station.store().facts().await.unwrap().epoch,
        first.epoch,
        "nothing tells it yet"
    );
    phone.add_case("三", vec![]);
    let epoch = async || server.station.store().facts().await.unwrap().epoch;
    // What is held says nothing.
    assert_eq!(show(&phone, 4, &first.receipt).await.status(), StatusCode::CONFLICT);
    assert_eq!(epoch().await, first.epoch);
    let gap = refusal(show(&phone, 4, &lost.receipt).await, 409).await;
    assert_eq!((gap.code, gap.acked_seq), (ErrorCode::Gap, Some(Seq(2))));
    let second = epoch().await;
    assert_ne!(second, first.epoch);
    assert_eq!(marker(&server.data()).epoch, second);
    for _ in 0..100 {
        refusal(show(&phone, 4, &lost.receipt).await, 409).await;
    }
    assert_eq!(epoch().await, second, "shown again it is of an earlier epoch");
    let (one, two) = tokio::join!(show(&phone, 3, &lost.receipt), show(&phone, 3, &lost.receipt));
    for response in [one, two] {
        let reply: PushReply = response.json().await.unwrap();
        assert_eq!(
            (reply.acked_seq, reply.epoch.as_str()),
            (Seq(4), second.as_str()),
            "once"
        );
    }
}

/// Pushes everything from op `from`, showing a receipt.
async fn show(phone: &Phone, from: usize, receipt: &Signed<Receipt>) -> reqwest::Response {
    let mut head = phone.push_head(from, phone.ops.len());
    head.epoch.clone_from(&receipt.content.epoch);
    head.acked_seq = Some(receipt.content.seq);
    head.signed = Some(receipt.clone());
    phone
        .push_raw(&head, frame::encode(&phone.ops[from - 1..]).unwrap())
        .await
}

#[tokio::test]
async fn a_made_up_position_and_a_receipt_that_proves_nothing_here_begin_no_epoch() {
    let server = Server::start().await;
    let (mut phone, first) = pushed(&server, 1).await;
    let (_, of_another) = pushed(&server, 2).await;
    let (_, of_another_station) = pushed(&Server::start().await, 1).await;
    phone.add_case("二", vec![]);
    let told = async || server.station.store().facts().await.unwrap().epoch;

    for acked in [3, 1_000, u64::MAX] {
        let mut head = phone.push_head(1, 2);
        (head.epoch, head.acked_seq) = (Some(first.epoch.clone()), Some(Seq(acked)));
        let answer = phone.push_raw(&head, frame::encode(&phone.ops[..2]).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK, "it is no reason to refuse records");
    }
    let key = ReceiptKey::load(&MachineDisk, &Layout::new(server.data()).receipt_key()).unwrap();
    let above = Receipt {
        log: phone.log,
        seq: Seq(9),
        ..first.receipt.content.clone()
    };
    let unsaid = Receipt {
        epoch: None,
        ..above.clone()
    };
    let earlier = Receipt {
        epoch: Some("before".into()),
        ..above.clone()
    };
    let changed = Signed {
        content: above.clone(),
        ..first.receipt.clone()
    };
    let renamed = Signed {
        content: Receipt {
            log: phone.log,
            seq: Seq(9),
            epoch: Some(first.epoch.clone()),
            ..of_another_station.receipt.content.clone()
        },
        ..of_another_station.receipt.clone()
    };
    let elsewhere = Receipt {
        log: of_another.receipt.content.log,
        ..above.clone()
    };
    for (what, receipt) in [
        ("signed, of no epoch", key.sign(unsaid).unwrap()),
        ("signed, of an earlier epoch", key.sign(earlier).unwrap()),
        ("signed, of another journal", key.sign(elsewhere).unwrap()),
        ("changed", changed),
        ("by another key", renamed),
        ("held", first.receipt.clone()),
    ] {
        assert_eq!(show(&phone, 1, &receipt).await.status(), StatusCode::OK, "{what}");
        assert_eq!(told().await, first.epoch, "{what}");
    }
    // The same words, signed here and of now, do.
    assert_eq!(
        show(&phone, 1, &key.sign(above).unwrap()).await.status(),
        StatusCode::OK
    );
    assert_ne!(told().await, first.epoch);
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_is_the_same_401_and_one_that_does_may_be_shown_again() {
    let server = Server::start().await;
    let old = tempfile::tempdir().unwrap();
    let server = server.restart_after(|data| copy_folder(data, old.path())).await;
    let (phone, _) = pushed(&server, 1).await;
    let (other, _) = pushed(&server, 2).await;
    let other_station = Server::start().await;
    let foreign = Phone::enrol(&other_station, 1).await;
    let server = server.restart_after(|data| put_database_back(old.path(), data)).await;
    let here = |mut phone: Phone| {
        phone.url.clone_from(&server.url);
        phone
    };
    let (phone, other, foreign) = (here(phone), here(other), here(foreign));

    let good = certificate(&phone);
    let changed = Signed::<EnrolmentCertificate> {
        content: EnrolmentCertificate {
            officer: "N-001".into(),
            ..good.certificate.content.clone()
        },
        ..good.certificate.clone()
    };
    let stranger = refusal(status(&phone).await, 401).await;
    for (who, request) in [
        (
            &phone,
            ReadmitRequest {
                certificate: changed,
                ..good.clone()
            },
        ),
        (
            &phone,
            ReadmitRequest {
                device_key: public(&other.key),
                ..good.clone()
            },
        ),
        (&phone, certificate(&other)),
        (&other, good.clone()),
        (&foreign, certificate(&foreign)),
    ] {
        assert_eq!(refusal(readmit(who, &request).await, 401).await, stranger);
    }
    let call = phone.call(Method::POST, "/v1/enrol/certificate");
    assert_eq!(refusal(call.body("{").send().await.unwrap(), 401).await, stranger);
    let bare = phone.client.post(format!("{}/v1/enrol/certificate", server.url));
    assert_eq!(refusal(bare.json(&good).send().await.unwrap(), 401).await, stranger);

    let (one, two, code) = tokio::join!(readmit(&phone, &good), readmit(&phone, &good), server.code());
    assert_eq!((one.status(), two.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(readmit(&phone, &good).await.status(), StatusCode::OK);
    assert_eq!(phone.push(1, 2).await.acked_seq, Seq(2));
    // The same phone with a new code at the same time is another device and takes nothing from the first.
    let again = Phone::enrol_with(&code, 1).await;
    assert_ne!(again.device, phone.device);
    assert_eq!(server.station.store().list_devices().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_retired_phone_that_a_restored_station_does_not_know_comes_back_retired() {
    let server = Server::start().await;
    let old = tempfile::tempdir().unwrap();
    let server = server.restart_after(|data| copy_folder(data, old.path())).await;
    let (mut phone, _) = pushed(&server, 1).await;
    device("retire", &server.data(), phone.device);
    let server = server.restart_after(|data| put_database_back(old.path(), data)).await;
    phone.url.clone_from(&server.url);
    assert_eq!(readmit(&phone, &certificate(&phone)).await.status(), StatusCode::OK);
    assert_eq!(phone.push(1, 2).await.acked_seq, Seq(2));
    let found: LogStatus = status(&phone).await.json().await.unwrap();
    assert_eq!(found.device_state, Some(DeviceState::Retired));
    let said = device("lost", &server.data(), id(5));
    assert!(said.contains("no such phone"), "{said}");
}

/// Enough for a test: what is sealed is not secret.
struct CountedRandomness(u8);

impl TryRng for CountedRandomness {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(4)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(4)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(3);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for CountedRandomness {}

fn seal(key: &PublicKey, device: DeviceId, root: [u8; 32]) -> RecoveryEnvelope {
    let recipient = <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(&key.to_sec1()).unwrap();
    let (enc, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        &RecoveryEnvelope::info(device),
        &root,
        &[],
        &mut CountedRandomness(1),
    )
    .unwrap();
    RecoveryEnvelope {
        key_id: key.key_id(),
        enc: encode_hex(&enc.to_bytes()),
        sealed: encode_hex(&sealed),
    }
}

#[tokio::test]
async fn a_sealed_root_is_kept_opened_with_the_recovery_key_and_written_to_a_private_file_only() {
    let server = Server::start().await;
    let phone = Phone::enrol(&server, 1).await;
    let key = phone
        .certificate
        .as_ref()
        .unwrap()
        .content
        .recovery_key
        .clone()
        .unwrap();
    let envelope = seal(&key, phone.device, [0x2a; 32]);
    let put = async |body: Vec<u8>| phone.call(Method::PUT, "/v1/recovery").body(body).send().await.unwrap();
    for wrong in [
        RecoveryEnvelope {
            key_id: "0".repeat(16),
            ..envelope.clone()
        },
        RecoveryEnvelope {
            enc: "04".repeat(65),
            ..envelope.clone()
        },
        RecoveryEnvelope {
            sealed: "00".repeat(49),
            ..envelope.clone()
        },
    ] {
        assert_eq!(
            refusal(put(serde_json::to_vec(&wrong).unwrap()).await, 400).await.code,
            ErrorCode::Malformed
        );
    }
    refusal(put(vec![b' '; 9000]).await, 413).await;
    let data = server.data();
    let to = data.join("recovered.key");
    let arguments = [
        "device",
        "recover",
        "--data",
        data.to_str().unwrap(),
        "--to",
        to.to_str().unwrap(),
        &phone.device.to_string(),
    ];
    assert!(
        text(&run(&arguments).stderr).contains("not found"),
        "nothing was sealed yet"
    );
    assert_eq!(
        put(serde_json::to_vec(&envelope).unwrap()).await.status(),
        StatusCode::NO_CONTENT
    );

    // The private half may be kept elsewhere: serving does not need it.
    let safe = server.folder.path().join("in the safe.key");
    std::fs::rename(data.join("keys/recovery.key"), &safe).unwrap();
    let server = server.restart().await;
    assert!(!run(&arguments).status.success() && !to.exists());
    let opened = run(&[&arguments[..], &["--key", safe.to_str().unwrap()]].concat());
    assert!(opened.status.success(), "{}", text(&opened.stderr));
    let root = encode_hex(&[0x2a; 32]);
    assert_eq!(std::fs::read_to_string(&to).unwrap().trim_end(), root);
    assert!(!text(&opened.stdout).contains(&root) && !text(&opened.stderr).contains(&root));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = run(&[&arguments[..], &["--key", safe.to_str().unwrap()]].concat());
    assert!(!again.status.success(), "it is never overwritten");
    drop(server);
}

#[tokio::test]
async fn a_station_that_was_made_before_there_were_recovery_keys_offers_none() {
    let server = Server::start().await;
    let server = server
        .restart_after(|data| {
            std::fs::remove_file(data.join("keys/recovery.pub")).unwrap();
            std::fs::remove_file(data.join("keys/recovery.key")).unwrap();
        })
        .await;
    let phone = Phone::enrol(&server, 1).await;
    assert_eq!(phone.certificate.as_ref().unwrap().content.recovery_key, None);
}
