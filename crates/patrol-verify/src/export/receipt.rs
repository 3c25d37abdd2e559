//! What others have signed: receipts of the station, heads of the device, certificates.

use patrol_domain::{Head, LogId};
use patrol_wire::export::SignedHead;
use patrol_wire::push::head_message;
use patrol_wire::signature::{SignatureError, SignedContent};
use patrol_wire::{PhotoReceipt, PublicKey, Receipt, Signed};

use super::{Reading, SignedFor, is_as_written};
use crate::absence::Absence;
use crate::failure::Failure;

/// Whose signature it is.
pub(super) enum Signature {
    Ours,
    OtherKey,
    Forged,
}

pub(super) fn check<T: SignedContent>(signed: &Signed<T>, keys: &[PublicKey]) -> Signature {
    let Some(key) = keys.iter().find(|key| key.key_id() == signed.key_id) else {
        return Signature::OtherKey;
    };
    match signed.verify(key) {
        Ok(_) => Signature::Ours,
        Err(SignatureError::OtherKey { .. }) => Signature::OtherKey,
        Err(_) => Signature::Forged,
    }
}

/// Each line with its number from 1; `None` for one that cannot be read.
fn signed_lines<T: SignedContent>(bytes: &[u8]) -> Vec<(usize, Option<Signed<T>>)> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    lines
        .map(|(line, number)| (number, serde_json::from_slice(line).ok()))
        .collect()
}

impl Reading<'_> {
    pub(super) fn read_receipts(&mut self, name: &str, log: LogId, bytes: &[u8]) {
        if self.manifest.is_none() {
            // Without the keys nothing can be said of signatures; that they are missing has been said.
            return;
        }
        for (line, signed) in signed_lines::<Receipt>(bytes) {
            let Some(signed) = signed else {
                self.fail(Failure::ReceiptMalformed {
                    name: name.to_owned(),
                    line,
                });
                continue;
            };
            let Receipt {
                log: speaks_of,
                seq,
                head,
                ..
            } = signed.content;
            match check(&signed, &self.station_keys) {
                Signature::Forged => self.fail(Failure::ReceiptForged { log, seq: seq.0 }),
                Signature::OtherKey => self.fail(Failure::ReceiptKey { log, seq: seq.0 }),
                Signature::Ours if speaks_of != log => self.fail(Failure::ReceiptLog { log, speaks_of }),
                Signature::Ours => self.signed_for.push(SignedFor {
                    log,
                    head: Head { seq, hash: head },
                }),
            }
        }
    }

    pub(super) fn read_photo_receipts(&mut self, name: &str, bytes: &[u8]) {
        if self.manifest.is_none() {
            return;
        }
        for (line, signed) in signed_lines::<PhotoReceipt>(bytes) {
            let Some(signed) = signed else {
                self.fail(Failure::ReceiptMalformed {
                    name: name.to_owned(),
                    line,
                });
                continue;
            };
            let PhotoReceipt { sha256, bytes, .. } = signed.content;
            match check(&signed, &self.station_keys) {
                Signature::Forged => self.fail(Failure::PhotoReceiptForged { sha256 }),
                Signature::OtherKey => self.fail(Failure::PhotoReceiptKey { sha256 }),
                Signature::Ours => {
                    self.photo_receipt_count += 1;
                    self.photo_receipts.entry(sha256).or_default().insert(bytes);
                }
            }
        }
    }

    pub(super) fn read_head(&mut self, log: LogId, bytes: &[u8]) {
        match serde_json::from_slice::<SignedHead>(bytes) {
            Ok(head) if head.log == log && is_as_written(&head, bytes) => {
                self.heads.insert(log, head);
            }
            _ => self.fail(Failure::HeadMalformed { log }),
        }
    }

    /// Receipts must speak of these very ops.
    pub(super) fn settle_receipts(&mut self) {
        for SignedFor { log, head } in std::mem::take(&mut self.signed_for) {
            let journal = self.content.journals.get(&log);
            let ours = journal.and_then(|journal| journal.hash_at(log, head.seq.0));
            if ours != Some(head.hash) {
                self.fail(Failure::ReceiptHead { log, seq: head.seq.0 });
            }
        }
    }

    /// A head is signed by the device whose key the journal's first op names.
    pub(super) fn settle_heads(&mut self) {
        if self.manifest.is_none() {
            return;
        }
        for (log, signed) in std::mem::take(&mut self.heads) {
            let journal = self.content.journals.get(&log);
            let Some(head) = journal.map(|journal| journal.head(log)) else {
                continue;
            };
            if signed.head != head {
                self.fail(Failure::HeadOther { log });
                continue;
            }
            let named = journal
                .and_then(|journal| journal.opened.as_ref())
                .map(|opened| opened.device_key_thumbprint);
            let devices = self.manifest.iter().flat_map(|manifest| &manifest.devices);
            let key = devices
                .map(|device| &device.key)
                .find(|key| Some(key.thumbprint()) == named);
            match key.map(|key| key.verify(&head_message(log, head), &signed.sig)) {
                None => self.failures.insert(Failure::HeadKey { log }),
                Some(Err(_)) => self.failures.insert(Failure::HeadForged { log }),
                Some(Ok(())) => self.signed_heads.insert(log),
            };
        }
    }

    pub(super) fn settle_certificates(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        let mut failures = Vec::new();
        for device in &manifest.devices {
            let key = device.key.thumbprint();
            let Some(certificate) = &device.certificate else {
                self.absences.insert(Absence::Certificate { key });
                continue;
            };
            match check(certificate, &self.station_keys) {
                Signature::Forged => failures.push(Failure::CertificateForged { key }),
                Signature::OtherKey => failures.push(Failure::CertificateKey { key }),
                Signature::Ours if certificate.content.device_key_thumbprint != key => {
                    failures.push(Failure::CertificateDevice { key });
                }
                Signature::Ours => {}
            }
        }
        self.failures.extend(failures);
    }
}
