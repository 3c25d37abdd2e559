//! Exports made by the station: journals as they lie in the database, originals as they lie in their files.
//!
//! Journals only grow, so what is read page by page up to a head that was read first is one state of them, and pushes go
//! on meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;

use patrol_domain::{DeviceId, Head, LogId, Seq, Sha256Hash};
use patrol_sqlite::Transaction;
use patrol_wire::export::{
    ExportWriter, ExportedDevice, ExportedLog, ExportedStationLog, Exporter, FORMAT, Manifest, WriteError, photo_name,
};
use patrol_wire::{KeysReply, PhotoReply, PublicKey};

use super::journal::{self, StationJournal};
use super::{Inner, row};
use crate::durable;
use crate::store::{ExportSummary, StationOpRow, StoreError};

/// How many rows are read at once.
const STRIDE: i64 = 200;

/// A journal that is exported.
struct Exported {
    log: LogId,
    device: DeviceId,
    head: Head,
}

impl Inner {
    /// Writes these journals, or all of them, with their originals and receipts.
    pub(super) fn export(&self, only: &[LogId], out: &mut dyn Write) -> Result<ExportSummary, StoreError> {
        let logs = self.database.read(|tx| exported(tx, only))?;
        if let Some(unknown) = only.iter().find(|log| logs.iter().all(|one| one.log != **log)) {
            tracing::warn!(log = %unknown, "no such journal");
            return Err(StoreError::NotFound);
        }
        let own = self.database.read(journal::list)?;
        let manifest = self.manifest(&logs, &own)?;
        let mut export = ExportWriter::begin(out, &manifest).map_err(failed)?;
        let mut photos = BTreeMap::new();
        let mut summary = ExportSummary::default();
        for one in &logs {
            self.export_log(&mut export, one)?;
            let named = self.database.read(|tx| exported_photos(tx, one))?;
            photos.extend(named);
            summary.journals += 1;
            summary.ops += one.head.seq.0;
        }
        for one in &own {
            self.export_own(&mut export, one)?;
        }
        for (sha256, extension) in &photos {
            if self.export_photo(&mut export, *sha256, extension)? {
                summary.photos += 1;
            } else {
                summary.missing_photos += 1;
            }
        }
        let hashes: BTreeSet<Sha256Hash> = photos.into_keys().collect();
        self.export_photo_receipts(&mut export, &logs, &hashes)?;
        export
            .finish(&self.key.public().key_id(), |message| {
                Ok::<_, StoreError>(self.key.sign_bytes(message))
            })
            .map_err(failed)?;
        Ok(summary)
    }

    fn manifest(&self, logs: &[Exported], own: &[StationJournal]) -> Result<Manifest, StoreError> {
        let owners: BTreeSet<DeviceId> = logs.iter().map(|one| one.device).collect();
        let devices = self.database.read(|tx| {
            let devices = owners.iter().map(|device| exported_device(tx, *device));
            devices.collect::<Result<Vec<_>, _>>()
        })?;
        let KeysReply { mut keys, statements } = self.database.read(super::key::told)?;
        keys.reverse();
        Ok(Manifest {
            format: FORMAT,
            exporter: Exporter::Station,
            key: self.key.public().clone(),
            station: Some(self.station),
            made_ms: self.ports.clock.now().0,
            logs: logs
                .iter()
                .map(|one| ExportedLog {
                    log: one.log,
                    head: one.head,
                    device: Some(one.device),
                })
                .collect(),
            station_logs: own
                .iter()
                .map(|one| ExportedStationLog {
                    log: one.log,
                    head: one.head,
                })
                .collect(),
            station_keys: keys,
            key_statements: statements,
            devices,
            recovery_key_id: None,
        })
    }

    fn export_log(&self, export: &mut ExportWriter<&mut dyn Write>, one: &Exported) -> Result<(), StoreError> {
        let Exported { log, head, .. } = one;
        let mut writer = export.log(*log);
        let mut after = Seq(0);
        loop {
            let page = self.database.read(|tx| {
                let mut read = tx.prepare_cached(include_str!("sql/list_ops_behind.sql"))?;
                let range = (log.as_bytes(), row::stored(after.0), row::stored(head.seq.0), STRIDE);
                let rows = read.query_map(range, |row| {
                    Ok((row::seq(row, 0)?, row.get::<_, Vec<u8>>(1)?, row::hash(row, 2)?))
                })?;
                let rows = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
                let with_parts = rows.map(|(seq, bytes, hash)| {
                    let parts = super::digest::parts(tx, *log, row::stored(seq.0))?;
                    Ok::<_, StoreError>((seq, bytes, hash, parts))
                });
                with_parts.collect::<Result<Vec<_>, _>>()
            })?;
            let Some((last, ..)) = page.last() else { break };
            after = *last;
            for (seq, bytes, hash, parts) in &page {
                writer.op(*seq, *hash, bytes, parts).map_err(failed)?;
            }
        }
        writer.finish().map_err(failed)?;
        self.export_receipts(export, one)
    }

    /// A journal of the station's own, up to the head that was read first, and the station's word on that head.
    fn export_own(&self, export: &mut ExportWriter<&mut dyn Write>, one: &StationJournal) -> Result<(), StoreError> {
        let mut writer = export.station_log(one.log);
        let mut after = Seq(0);
        while after < one.head.seq {
            let page = self.station_ops(one.log, after)?;
            let Some(last) = page.last() else { break };
            after = last.at.seq;
            for StationOpRow { at, bytes } in page.iter().filter(|op| op.at.seq <= one.head.seq) {
                writer.op(at.seq, at.hash, bytes, &[]).map_err(failed)?;
            }
        }
        writer.finish().map_err(failed)?;
        export.station_head(&self.station_head(one)?).map_err(failed)
    }

    fn export_receipts(&self, export: &mut ExportWriter<&mut dyn Write>, one: &Exported) -> Result<(), StoreError> {
        let Exported { log, head, .. } = one;
        let mut receipts = export.lines(format!("logs/{log}/receipts"));
        let mut after = Seq(0);
        loop {
            let page = self.database.read(|tx| {
                let mut read = tx.prepare_cached(include_str!("sql/list_receipts.sql"))?;
                let range = (log.as_bytes(), row::stored(after.0), row::stored(head.seq.0), STRIDE);
                let rows = read.query_map(range, |row| Ok((row::seq(row, 0)?, row.get::<_, String>(1)?)))?;
                Ok::<_, StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
            })?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            for (_, receipt) in &page {
                receipts.line(receipt).map_err(failed)?;
            }
        }
        receipts.finish().map_err(failed)
    }

    /// Whether the file was there and whole. It is read twice: a header cannot be taken back.
    fn export_photo(
        &self,
        export: &mut ExportWriter<&mut dyn Write>,
        sha256: Sha256Hash,
        extension: &str,
    ) -> Result<bool, StoreError> {
        let place = self.layout.photo(sha256, extension);
        match durable::read_content(self.disk(), &place) {
            Ok(content) if content.sha256 == sha256 => {
                let name = photo_name(sha256, extension);
                export
                    .stream(&name, content.bytes, &mut File::open(place)?)
                    .map_err(failed)?;
                Ok(true)
            }
            Ok(_) => {
                tracing::error!(%sha256, "a stored original is damaged and not exported");
                Ok(false)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::error!(%sha256, "a stored original is gone and not exported");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Each phone has its own receipt for an original.
    fn export_photo_receipts(
        &self,
        export: &mut ExportWriter<&mut dyn Write>,
        logs: &[Exported],
        photos: &BTreeSet<Sha256Hash>,
    ) -> Result<(), StoreError> {
        let mut receipts = export.lines("photos/receipts".to_owned());
        for sha256 in photos {
            let found: BTreeSet<String> = self.database.read(|tx| {
                let mut found = BTreeSet::new();
                for one in logs {
                    let mut read = tx.prepare_cached(include_str!("sql/list_photo_receipts.sql"))?;
                    let place = (one.log.as_bytes(), row::stored(one.head.seq.0), sha256.as_bytes());
                    let rows = read.query_map(place, |row| row.get::<_, String>(0))?;
                    found.extend(rows.collect::<Result<Vec<_>, _>>()?);
                }
                Ok::<_, StoreError>(found)
            })?;
            for text in found {
                let reply: PhotoReply = serde_json::from_str(&text).map_err(|_| StoreError::Stored("photo receipt"))?;
                let receipt = serde_json::to_string(&reply.receipt).map_err(|_| StoreError::Stored("photo receipt"))?;
                receipts.line(&receipt).map_err(failed)?;
            }
        }
        receipts.finish().map_err(failed)
    }
}

fn exported(tx: &Transaction<'_>, only: &[LogId]) -> Result<Vec<Exported>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_heads.sql"))?;
    let rows = read.query_map([], |row| {
        Ok(Exported {
            log: row::id(row, 0, LogId::from_slice)?,
            device: row::id(row, 1, DeviceId::from_slice)?,
            head: Head {
                seq: row::seq(row, 2)?,
                hash: row::hash(row, 3)?,
            },
        })
    })?;
    let mut logs: Vec<Exported> = rows.collect::<Result<_, _>>()?;
    logs.retain(|one| only.is_empty() || only.contains(&one.log));
    Ok(logs)
}

fn exported_device(tx: &Transaction<'_>, device: DeviceId) -> Result<ExportedDevice, StoreError> {
    let (key, certificate): (Vec<u8>, String) = tx
        .prepare_cached(include_str!("sql/read_exported_device.sql"))?
        .query_row([device.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(ExportedDevice {
        key: PublicKey::from_sec1(&key).map_err(|_| StoreError::Stored("device key"))?,
        certificate: Some(serde_json::from_str(&certificate).map_err(|_| StoreError::Stored("certificate"))?),
    })
}

fn exported_photos(tx: &Transaction<'_>, one: &Exported) -> Result<Vec<(Sha256Hash, String)>, StoreError> {
    let mut read = tx.prepare_cached(include_str!("sql/list_exported_photos.sql"))?;
    let rows = read.query_map((one.log.as_bytes(), row::stored(one.head.seq.0)), |row| {
        Ok((row::hash(row, 0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A full disk stays one, whatever lies around it.
fn failed(error: WriteError) -> StoreError {
    match error {
        WriteError::File(error) => error.into(),
        other => StoreError::File(std::io::Error::other(other)),
    }
}
