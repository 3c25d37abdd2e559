//! Bytes of an original on their way into its part file.
//!
//! One writer at a time for each (device, hash). Whatever ends the body, what came is fsynced and kept, because the
//! phone's next question is how far it got. Only a body longer than announced is taken back: nobody knows what it was.

mod part;
mod turn;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use patrol_domain::{DeviceId, Sha256Hash};
use patrol_wire::PhotoReply;

use super::{Inner, blocking};
use crate::durable;
use crate::store::{BodyFault, PhotoBody, Received, StoreError, UploadStart, UploadState};
pub(super) use part::Part;
use turn::Turn;
pub(super) use turn::Writers;

/// How many bytes are gathered before they are written: each write is a hop to another thread and back.
const GATHERED: usize = 64 * 1024;

/// A part that is being written; shared, because each write is on another thread.
type SharedPart = Arc<Mutex<Part>>;

/// A panic elsewhere leaves a part usable: what it holds is what its hash says.
fn lock(part: &SharedPart) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a request begins.
enum Begun {
    /// It was brought before.
    Complete(PhotoReply),
    /// Its bytes may come.
    Part(Upload),
}

/// A request that brings bytes.
struct Upload {
    turn: Turn,
    part: SharedPart,
    /// The original's length.
    length: u64,
    /// How many bytes came, with those of earlier requests; the last of them may only be gathered.
    held: u64,
    gathered: Vec<u8>,
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
    let begun = blocking(Arc::clone(inner), move |inner| {
        begin(inner, device, sha256, start, turn)
    });
    let mut upload = match begun.await? {
        Begun::Part(upload) => upload,
        Begun::Complete(reply) => {
            // Read on, so that the phone can write its request to the end and hear the answer.
            while let Some(Ok(_)) = body.next().await {}
            return Ok(Received::Complete(reply));
        }
    };
    let end = fill(inner, &mut upload, body).await;
    let settled = blocking(Arc::clone(inner), move |inner| {
        settle(inner, device, sha256, upload, end)
    });
    settled.await
}

/// How far an original is, once nobody writes it.
pub(super) async fn state(inner: &Arc<Inner>, device: DeviceId, sha256: Sha256Hash) -> Result<UploadState, StoreError> {
    inner.uploads.wait(device, sha256).await?;
    blocking(Arc::clone(inner), move |inner| inner.upload_state(device, sha256)).await
}

fn begin(
    inner: &Inner,
    device: DeviceId,
    sha256: Sha256Hash,
    start: UploadStart,
    turn: Result<Turn, StoreError>,
) -> Result<Begun, StoreError> {
    let named = inner.named(device, sha256)?;
    // Who names nothing hears of nobody who writes.
    let turn = turn?;
    if let Some(reply) = named.reply {
        return Ok(Begun::Complete(reply));
    }
    let length = announced(start, &named.lengths)?;
    let (part, held) = open_part(inner, device, sha256, start, length)?;
    Ok(Begun::Part(Upload {
        turn,
        part: Arc::new(Mutex::new(part)),
        length,
        held,
        gathered: Vec::new(),
    }))
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
    let path = inner.layout.part(device, sha256);
    let opened = inner.folders.within(disk, &inner.layout.incoming_of(device), || {
        durable::drop_longer_than(disk, &path, length)?;
        match disk.append(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((disk.create(&path)?, 0)),
            there => there,
        }
    });
    let (mut file, mut held) = opened?;
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
    Ok((Part::new(file, held), held))
}

/// Takes in what comes.
async fn fill(inner: &Arc<Inner>, upload: &mut Upload, body: &mut PhotoBody) -> End {
    loop {
        let piece = match upload.turn.next(body).await {
            Some(Ok(piece)) => piece,
            None if upload.held == upload.length => return End::Full,
            None => return End::Short(None),
            // The last byte is there: whether the connection still stands decides about the answer, not the photo.
            Some(Err(_)) if upload.held == upload.length => return End::Full,
            Some(Err(fault)) => return End::Short(Some(fault)),
        };
        if piece.len() as u64 > upload.length - upload.held {
            return End::TooLong;
        }
        upload.held += piece.len() as u64;
        let mut rest = piece.as_ref();
        while !rest.is_empty() {
            let room = GATHERED - upload.gathered.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            upload.gathered.extend_from_slice(now);
            rest = later;
            if upload.gathered.len() == GATHERED
                && let Err(error) = write(inner, upload).await
            {
                return End::Disk(error);
            }
        }
    }
}

/// Writes what was gathered.
async fn write(inner: &Arc<Inner>, upload: &mut Upload) -> Result<(), StoreError> {
    let (part, mut gathered) = (Arc::clone(&upload.part), std::mem::take(&mut upload.gathered));
    let written = blocking(Arc::clone(inner), move |_| {
        lock(&part).write(&gathered)?;
        gathered.clear();
        Ok(gathered)
    });
    upload.gathered = written.await?;
    Ok(())
}

fn settle(
    inner: &Inner,
    device: DeviceId,
    sha256: Sha256Hash,
    upload: Upload,
    end: End,
) -> Result<Received, StoreError> {
    let Upload {
        turn: _turn,
        part,
        length: _,
        held,
        gathered,
    } = upload;
    let mut part = lock(&part);
    let end = match end {
        End::Full | End::Short(_) => part
            .write(&gathered)
            .map_or_else(|error| End::Disk(error.into()), |()| end),
        End::TooLong | End::Disk(_) => end,
    };
    match end {
        End::Full => inner.finish(device, sha256, &mut part).map(Received::Complete),
        End::Short(fault) => {
            part.sync()?;
            inner.disk().sync_folder(&inner.layout.incoming_of(device))?;
            fault.map_or(Ok(Received::Part { offset: held }), |fault| Err(fault.into()))
        }
        End::TooLong => {
            part.take_back()?;
            Err(StoreError::TooLarge)
        }
        End::Disk(error) => {
            // What fitted is kept when the disk lets us; the refusal is what the phone must hear.
            let _ = part.sync();
            Err(error)
        }
    }
}
