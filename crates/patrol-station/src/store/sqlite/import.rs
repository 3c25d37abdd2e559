//! Journals that come in a file and not from a phone: the same checks, the same rows, the same receipts.
//!
//! What a push proves with the phone's secret and a signature for each run, the file proves with the device's signature
//! over the journal's head, which the caller has checked.

use patrol_domain::{DeviceId, Head, LogId, Seq, Sha256Hash};
use patrol_sqlite::rusqlite::OptionalExtension as _;
use patrol_wire::frame::FrameOp;
use patrol_wire::{EnrolmentCertificate, KeysReply, PublicKey, PushHead, PushReply, SignatureBytes, Signed};

use super::append::check_chain;
use super::device::revocation;
use super::{Inner, row};
use crate::marker::Revoked;
use crate::store::{StoreError, TakenRun};

impl Inner {
    /// The device with this key, lost ones included; one that this database does not remember is taken back, push only,
    /// when this station once signed its certificate.
    pub(super) fn owner_of(
        &self,
        log: LogId,
        key: &PublicKey,
        certificate: Option<&Signed<EnrolmentCertificate>>,
        told: &KeysReply,
    ) -> Result<DeviceId, StoreError> {
        let certificate = certificate
            .filter(|signed| self.database.read(|tx| super::key::verify(tx, *signed, told)).is_ok())
            .filter(|signed| signed.content.station == self.station)
            .filter(|signed| signed.content.device_key_thumbprint == key.thumbprint());
        let certified = certificate.map(|signed| *signed.content.device.as_bytes());
        self.database.write(|tx| {
            let found = tx
                .prepare_cached(include_str!("sql/find_owner.sql"))?
                .query_row((key.to_sec1(), certified, log.as_bytes()), |row| {
                    row::id(row, 0, DeviceId::from_slice)
                })
                .optional()?;
            if let Some(device) = found {
                return Ok(device);
            }
            let signed = certificate.ok_or(StoreError::NotFound)?;
            let now = self.ports.clock.now();
            let EnrolmentCertificate {
                device,
                secret_hash,
                log,
                officer,
                officer_name,
                ..
            } = &signed.content;
            let text = serde_json::to_string(signed).map_err(|_| StoreError::Stored("certificate"))?;
            let name = officer_name.clone().unwrap_or_default();
            // The code is gone with the database that knew it; its place is taken by a value that no code has.
            let code_hash = Sha256Hash::of_all(&[b"xgc2", text.as_bytes()]);
            tx.prepare_cached(include_str!("sql/insert_expired_code.sql"))?
                .execute((code_hash.as_bytes(), officer, &name, now.0))?;
            tx.prepare_cached(include_str!("sql/insert_device.sql"))?.execute((
                device.as_bytes(),
                code_hash.as_bytes(),
                secret_hash.as_bytes(),
                key.to_sec1(),
                log.as_bytes(),
                officer,
                &name,
                text,
                now.0,
            ))?;
            // An import gives nothing back: a phone that was reported lost stays so.
            let state = revocation(tx, *device)?
                .unwrap_or(Revoked::Retired)
                .max(Revoked::Retired);
            tx.prepare_cached(include_str!("sql/update_device_state.sql"))?
                .execute((device.as_bytes(), state.stored()))?;
            Ok(*device)
        })
    }

    /// Takes a run of ops that came in a file.
    pub(super) fn take_run(&self, device: DeviceId, log: LogId, run: &TakenRun) -> Result<PushReply, StoreError> {
        let TakenRun { before, ops, goes_to } = run;
        let last = ops
            .iter()
            .fold(*before, |head: Head, FrameOp { op, .. }| head.extend(op));
        let push = PushHead {
            from_seq: before.seq.next(),
            count: ops.len() as u64,
            prev_hash: before.hash,
            head_hash: last.hash,
            head_signature: SignatureBytes([0; 64]),
            epoch: None,
            acked_seq: None,
            signed: None,
            local_seq: Seq(goes_to.0.max(last.seq.0)),
            waiting_photos: 0,
            waiting_bytes: 0,
        };
        let key = self.database.read(|tx| {
            let key: Vec<u8> = tx
                .prepare_cached(include_str!("sql/read_exported_device.sql"))?
                .query_row([device.as_bytes()], |row| row.get(0))?;
            PublicKey::from_sec1(&key).map_err(|_| StoreError::Stored("device key"))
        })?;
        let device = crate::store::Device { id: device, key };
        self.append_checked(&device, log, &push, check_chain(log, &push, ops)?)
    }
}
