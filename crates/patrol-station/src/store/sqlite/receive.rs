//! Bytes of an original on their way into its part file.
//!
//! One writer at a time for each (device, hash). Whatever ends the body, what came is fsynced and kept, because the
//! phone's next question is how far it got. Only a body longer than announced is taken back: nobody knows what it was.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use patrol_domain::{DeviceId, Sha256Hash};
use patrol_sqlite::DiskWrite;

use super::{Inner, blocking};
use crate::durable;
use crate::store::{BodyFault, PhotoBody, Received, StoreError, UploadStart};

type Key = (DeviceId, Sha256Hash);

/// A part that is being written; shared, because each piece is written on another thread.
type Part = Arc<Mutex<Box<dyn DiskWrite>>>;

/// Who is writing at the moment.
#[derive(Debug, Default, Clone)]
pub(super) struct Writers {
    busy: Arc<Mutex<HashSet<Key>>>,
}

/// The right to write one part; ends when dropped.
pub(super) struct Turn {
    busy: Arc<Mutex<HashSet<Key>>>,
    key: Key,
}

impl Writers {
    /// The right to write this part, unless somebody has it.
    pub(super) fn turn(&self, device: DeviceId, sha256: Sha256Hash) -> Result<Turn, StoreError> {
        let key = (device, sha256);
        if lock(&self.busy).insert(key) {
            Ok(Turn {
                busy: Arc::clone(&self.busy),
                key,
            })
        } else {
            Err(StoreError::Locked)
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.busy).remove(&self.key);
    }
}

/// A set is whole after every call, and what a part holds is what its hash says: a panic elsewhere leaves both usable.
fn lock<T>(busy: &Mutex<T>) -> MutexGuard<'_, T> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the body ended.
enum End {
    /// All announced bytes came.
    Full,
    /// The body ended, or stopped, early.
    Short(Option<BodyFault>),
    /// More came than announced.
    TooLong,
    /// The disk refused.
    Disk(StoreError),
}

pub(super) async fn receive(
    inner: &Arc<Inner>,
    device: DeviceId,
    sha256: Sha256Hash,
    start: UploadStart,
    body: &mut PhotoBody,
) -> Result<Received, StoreError> {
    let turn = inner.uploads.turn(device, sha256);
    let named = blocking(Arc::clone(inner), move |inner| inner.named(device, sha256)).await?;
    let turn = turn?;
    if let Some(reply) = named.reply {
        // Read on, so that the phone can write its request to the end and hear the answer.
        while let Some(Ok(_)) = body.next().await {}
        return Ok(Received::Complete(reply));
    }
    let length = announced(start, &named.lengths)?;
    let (file, from) = blocking(Arc::clone(inner), move |inner| {
        open_part(inner, device, sha256, start, length)
    })
    .await?;
    let mut held = from;
    let end = fill(inner, &file, &mut held, length, body).await;
    let received = blocking(Arc::clone(inner), move |inner| {
        let _turn = turn;
        let mut file = lock(&file);
        settle(inner, device, sha256, &mut **file, from, held, end)
    });
    received.await
}

/// The length that the ops name; with two of them, the phone has to say which.
fn announced(start: UploadStart, named: &[u64]) -> Result<u64, StoreError> {
    let (UploadStart::Whole { length } | UploadStart::Resume { length, .. }) = start;
    match (length, named) {
        (Some(length), named) if named.contains(&length) => Ok(length),
        (None, [length]) => Ok(*length),
        (Some(_), _) => Err(StoreError::Malformed("the length is not the one in the journal")),
        (None, _) => Err(StoreError::Malformed("the length must be stated")),
    }
}

fn open_part(
    inner: &Inner,
    device: DeviceId,
    sha256: Sha256Hash,
    start: UploadStart,
    length: u64,
) -> Result<(Part, u64), StoreError> {
    let disk = inner.disk();
    durable::make_folder(disk, &inner.layout.incoming_of(device))?;
    let path = inner.layout.part(device, sha256);
    durable::drop_longer_than(disk, &path, length)?;
    let (mut file, mut held) = match disk.append(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (disk.create(&path)?, 0),
        there => there?,
    };
    match start {
        UploadStart::Whole { .. } if held > 0 => {
            file.truncate(0)?;
            held = 0;
        }
        UploadStart::Resume { offset, .. } if offset != held => {
            file.sync()?;
            return Err(StoreError::OffsetMismatch { held });
        }
        UploadStart::Whole { .. } | UploadStart::Resume { .. } => {}
    }
    Ok((Arc::new(Mutex::new(file)), held))
}

/// Writes what comes, a piece at a time; a piece is as large as the connection's read buffer.
async fn fill(inner: &Arc<Inner>, file: &Part, held: &mut u64, length: u64, body: &mut PhotoBody) -> End {
    loop {
        let piece = match body.next().await {
            Some(Ok(piece)) => piece,
            None if *held == length => return End::Full,
            None => return End::Short(None),
            // The last byte is there: whether the connection still stands decides about the answer, not the photo.
            Some(Err(_)) if *held == length => return End::Full,
            Some(Err(fault)) => return End::Short(Some(fault)),
        };
        if piece.len() as u64 > length - *held {
            return End::TooLong;
        }
        let written = piece.len() as u64;
        if let Err(error) = write(inner, file, piece).await {
            return End::Disk(error);
        }
        *held += written;
    }
}

async fn write(inner: &Arc<Inner>, file: &Part, piece: Bytes) -> Result<(), StoreError> {
    let file = Arc::clone(file);
    blocking(Arc::clone(inner), move |_| Ok(lock(&file).write_all(&piece)?)).await
}

fn settle(
    inner: &Inner,
    device: DeviceId,
    sha256: Sha256Hash,
    file: &mut dyn DiskWrite,
    from: u64,
    held: u64,
    end: End,
) -> Result<Received, StoreError> {
    let folder = inner.layout.incoming_of(device);
    match end {
        End::Full => inner.finish(device, sha256).map(Received::Complete),
        End::Short(fault) => {
            file.sync()?;
            inner.disk().sync_folder(&folder)?;
            fault.map_or(Ok(Received::Part { offset: held }), |fault| Err(fault.into()))
        }
        End::TooLong => {
            file.truncate(from)?;
            file.sync()?;
            Err(StoreError::TooLarge)
        }
        End::Disk(error) => {
            // What fitted is kept when the disk lets us; the refusal is what the phone must hear.
            let _ = file.sync();
            Err(error)
        }
    }
}
