//! How long the phone will do, and the files that leave it.
//!
//! A photo is never refused for want of room that could have been foreseen, and an original is never made smaller: below
//! the reserve the camera takes smaller pictures instead.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, FixedOffset};

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::{BudgetLevel, BudgetView, ExportView, WrittenFileView};

/// Kept for what was shot already, for the journal and for sending.
const RESERVE_BYTES: u64 = 300_000_000;
/// Until this phone has taken a photo: what most cameras write.
const USUAL_PHOTO_BYTES: u64 = 3_500_000;
/// Fewer than these is early enough to make room.
const FEW_PHOTOS: u64 = 150;
/// The longer side of a photo that is taken when only the reserve is left: a plate can still be read at ten metres.
const SMALL_PX: u32 = 1600;

/// What is being written does not bear its name yet.
const UNFINISHED: &str = "part";

type Log = Arc<dyn Fn() -> String + Send + Sync>;

/// Where files for others go.
pub(crate) struct Outgoing {
    folder: Mutex<PathBuf>,
    log: Mutex<Option<Log>>,
    export: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    file: Option<PathBuf>,
    last: Option<WrittenFileView>,
}

impl Outgoing {
    /// Beside the data until the host says better.
    pub(crate) fn beside(data: &Path) -> Self {
        Self {
            folder: Mutex::new(data.join("exports")),
            log: Mutex::default(),
            export: Mutex::default(),
        }
    }

    fn export(&self) -> MutexGuard<'_, Running> {
        self.export.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Where files for others are to go: the system's folder for downloads, on a desktop.
    pub fn set_outgoing_folder(&self, folder: PathBuf) {
        *self.outgoing.folder.lock().unwrap_or_else(PoisonError::into_inner) = folder;
    }

    /// Where the program's own last log lines are to be had.
    pub fn set_log(&self, log: Log) {
        *self.outgoing.log.lock().unwrap_or_else(PoisonError::into_inner) = Some(log);
    }

    /// How long the phone will do.
    ///
    /// # Errors
    /// [`AppError`] when disk or database cannot be asked.
    pub fn budget(&self) -> Result<BudgetView, AppError> {
        let free_bytes = self.store.free_bytes()?;
        let photo_bytes = self.store.mean_photo_bytes()?.unwrap_or(USUAL_PHOTO_BYTES).max(1);
        let counts = self.store.counts()?;
        let photos_left = free_bytes.map(|free| free.saturating_sub(RESERVE_BYTES) / photo_bytes);
        let level = match (free_bytes, photos_left) {
            (Some(free), _) if free <= RESERVE_BYTES => BudgetLevel::Reserve,
            (_, Some(left)) if left < FEW_PHOTOS => BudgetLevel::Low,
            _ => BudgetLevel::Fine,
        };
        Ok(BudgetView {
            free_bytes,
            reserve_bytes: RESERVE_BYTES,
            photo_bytes,
            photos_left,
            unsent_bytes: counts.bytes_on_phone,
            unsent_photos: counts.photos_on_phone,
            level,
            max_px: (level == BudgetLevel::Reserve).then_some(SMALL_PX),
        })
    }

    /// Writes everything that the phone holds into one sealed file. What is being written has another name until it is
    /// whole and durable, so that nobody takes a half one for a whole one.
    ///
    /// # Errors
    /// [`AppError`]: one is being written already, the disk is full, the station has no key to seal it to. Nothing stays
    /// behind.
    pub fn export_to_outgoing(&self) -> Result<WrittenFileView, AppError> {
        let file = self.new_file("all", "xge")?;
        let unfinished = file.with_added_extension(UNFINISHED);
        let mut running = self.outgoing.export();
        if running.file.is_some() {
            return Err(AppError::Refused(ErrorCode::ExportRunning));
        }
        running.file = Some(unfinished.clone());
        drop(running);
        clear_left(&file);
        let exported = self.export(&unfinished, true).and_then(|_| finish(&unfinished, &file));
        let mut running = self.outgoing.export();
        running.file = None;
        if let Ok(written) = &exported {
            running.last = Some(written.clone());
        }
        exported
    }

    /// How far the export is.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn export_state(&self) -> Result<ExportView, AppError> {
        let expected = self.store.original_bytes()?;
        let running = self.outgoing.export();
        let written = running.file.as_ref().and_then(|file| std::fs::metadata(file).ok());
        Ok(ExportView {
            is_running: running.file.is_some(),
            written: written.map_or(0, |found| found.len()),
            expected,
            last: running.last.clone(),
        })
    }

    /// Writes the program's last log lines into a file; they name no person, no plate and no place.
    ///
    /// # Errors
    /// [`AppError`]: what the disk says.
    pub fn export_log(&self) -> Result<WrittenFileView, AppError> {
        let log = self.outgoing.log.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lines = log.map(|log| log()).unwrap_or_default();
        let text = format!("xunge {}\n{lines}", env!("CARGO_PKG_VERSION"));
        self.write_outgoing("log", "txt", text.as_bytes())
    }

    /// Writes a small file for others, durable under its name or not there at all.
    pub(crate) fn write_outgoing(&self, what: &str, ending: &str, bytes: &[u8]) -> Result<WrittenFileView, AppError> {
        let file = self.new_file(what, ending)?;
        let unfinished = file.with_added_extension(UNFINISHED);
        let written = write_durably(&unfinished, bytes).and_then(|()| finish(&unfinished, &file));
        if written.is_err() {
            // The first error is the one worth reporting.
            let _ = std::fs::remove_file(&unfinished);
        }
        written
    }

    /// A name that no file has yet: what it holds and when it was made.
    fn new_file(&self, what: &str, ending: &str) -> Result<PathBuf, AppError> {
        let folder = self
            .outgoing
            .folder
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        std::fs::create_dir_all(&folder)?;
        let clock = &self.ports.clock;
        let zone = FixedOffset::east_opt(clock.zone().0.saturating_mul(60));
        let now = DateTime::from_timestamp_millis(clock.wall().0).zip(zone);
        let stamp = now.map_or_else(
            || "0".to_owned(),
            |(utc, zone)| utc.with_timezone(&zone).format("%Y%m%d-%H%M%S").to_string(),
        );
        let name = |count: u32| match count {
            1 => format!("xunge-{what}-{stamp}.{ending}"),
            count => format!("xunge-{what}-{stamp}-{count}.{ending}"),
        };
        let free = (1..=u32::MAX)
            .map(|count| folder.join(name(count)))
            .find(|path| !path.exists());
        free.ok_or_else(|| AppError::Arguments("no free file name".into()))
    }
}

/// Removes what exports that were killed left beside `file`; what cannot be removed is in nobody's way.
fn clear_left(file: &Path) {
    let beside = file.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    for entry in beside.into_iter().flatten().flatten() {
        let path = entry.path();
        let is_ours = entry.file_name().to_string_lossy().starts_with("xunge-all-");
        if is_ours && path.extension().is_some_and(|ending| ending == UNFINISHED) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

fn finish(unfinished: &Path, file: &Path) -> Result<WrittenFileView, AppError> {
    std::fs::rename(unfinished, file)?;
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(WrittenFileView {
        path: file.display().to_string(),
        bytes: std::fs::metadata(file)?.len(),
    })
}
