//! Many phones at once: the originals they bring, and their ops.

use std::path::Path;
use std::sync::Arc;

use patrol_domain::{LogId, PhotoRef, PhotoSource, Sha256Hash};
use patrol_host::SystemRandomness;
use patrol_station::Station;
use patrol_store::{MachineDisk, Vault, VaultNote};
use patrol_sync::HttpTransport;
use patrol_testkit::op;
use patrol_wire::EnrolmentCode;
use patrol_wire::frame::FrameOp;

use crate::light::Light;
use crate::{caller, station};

/// The vault that all phones of a load read their originals from.
pub(crate) fn vault(folder: &Path) -> Vault {
    std::fs::create_dir_all(folder).unwrap();
    Vault::open(folder, [7; 32], Arc::new(SystemRandomness), Arc::new(MachineDisk)).unwrap()
}

/// Puts an original into it.
pub(crate) fn put(vault: &Vault, seed: u64, bytes: usize) -> PhotoRef {
    let note = VaultNote {
        at: op::at(seed),
        fix: None,
        source: PhotoSource::Camera,
        draft: None,
    };
    let original = op::original(seed, bytes);
    vault.put(&mut original.as_slice(), &note).unwrap();
    op::photo_ref(&original)
}

/// Codes for so many phones.
pub(crate) async fn codes(data: &Path, address: std::net::SocketAddr, count: usize) -> Vec<EnrolmentCode> {
    let station = Station::open(patrol_station::StationOptions::new(data)).unwrap();
    let mut codes = Vec::with_capacity(count);
    for _ in 0..count {
        codes.push(station::code(&station, address).await);
    }
    codes
}

/// What one phone has to bring.
pub(crate) struct Phone {
    light: Light,
    ops: Vec<FrameOp>,
    originals: Vec<Sha256Hash>,
}

impl Phone {
    /// A phone, enrolled, with one case for each list of photos. `number` keeps its ops apart from those of others.
    pub(crate) async fn enrolled(code: &EnrolmentCode, number: u64, cases: &[Vec<PhotoRef>]) -> Self {
        let log: LogId = op::log_id(number);
        let thumbprint = caller::public(&caller::key()).thumbprint();
        let author = op::person(number);
        let mut first = op::log_opened(number, author);
        if let patrol_domain::op::Body::LogOpened(body) = &mut first.body {
            body.device_key_thumbprint = thumbprint;
        }
        let opened = cases.iter().enumerate().map(|(position, photos)| {
            let (op, parts) = op::varied_case(number * 1_000 + position as u64, photos);
            FrameOp {
                op: op.encode().unwrap().into_vec(),
                parts,
            }
        });
        let first = FrameOp {
            op: first.encode().unwrap().into_vec(),
            parts: Vec::new(),
        };
        Self {
            // Each with a transport of its own: phones share no connection and no ticket.
            light: Light::enrol(HttpTransport::new(caller::time()), code, log).await,
            ops: std::iter::once(first).chain(opened).collect(),
            originals: cases.iter().flatten().map(|photo| photo.sha256).collect(),
        }
    }

    /// Brings all of it.
    pub(crate) async fn bring(&mut self, vault: &Vault) {
        let Self { light, ops, originals } = self;
        for batch in ops.chunks(100) {
            light.push(batch).await;
        }
        light.send(vault, originals).await;
    }
}
