//! `sync`: brings everything that waits to the station, telling what happens.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use patrol_app::{App, Finished, Network, Phase, Progress, SyncEvent};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::command::audit::compare;
use crate::host::{Problem, call, describe, open_existing_on};
use crate::terminal::{draw, say};

/// What `--once` exits with when anything still waits.
const STILL_WAITING: u8 = 3;

/// How long to wait between rounds; a program that was started to sync need not be patient.
const PAUSE: Duration = Duration::from_millis(500);

/// How long to wait between rounds beside a recording: nobody wakes them.
const BETWEEN: Duration = Duration::from_millis(50);

/// How a sync is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// One round only.
    pub(crate) once: bool,
    /// Progress as JSON, one line each.
    pub(crate) progress: bool,
    /// Counts are compared afterwards.
    pub(crate) audit: bool,
    /// Pause and price of the network do not count.
    pub(crate) now: bool,
    /// What the network costs.
    pub(crate) network: Network,
}

pub(crate) async fn sync(data: &Path, manner: Manner) -> Result<ExitCode, Problem> {
    let app = open_existing_on(data, manner.network)?;
    if manner.now {
        call(&app, "sync_start", json!({})).await?;
    }
    let teller = Teller::new(&app, manner.progress)?;
    let mut round = 0;
    loop {
        round += 1;
        match app.sync_once(&|event: &SyncEvent| teller.tell(event)).await {
            Ok(finished) => {
                print_where(&app)?;
                if finished == Finished::Held {
                    say("what waits may not go now: a pause, or a network that costs");
                    return Ok(ExitCode::from(STILL_WAITING));
                }
                return if manner.audit {
                    compare(&app).await
                } else {
                    Ok(ExitCode::SUCCESS)
                };
            }
            Err(error) => {
                let reply = error.reply();
                say(format_args!("round {round} ended early: {}", describe(&reply)));
                if manner.once {
                    return Ok(ExitCode::from(STILL_WAITING));
                }
                if !reply.retry {
                    return Err(describe(&reply));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Syncing beside a program that goes on recording.
pub(crate) struct Beside {
    over: Arc<AtomicBool>,
    task: JoinHandle<Result<(), Problem>>,
}

impl Beside {
    pub(crate) fn start(app: &Arc<App>) -> Result<Self, Problem> {
        let (app, teller, over) = (
            Arc::clone(app),
            Teller::new(app, false)?,
            Arc::new(AtomicBool::new(false)),
        );
        let told = Arc::clone(&over);
        let task = tokio::spawn(async move {
            loop {
                // Asked before the round: what was recorded by then is in it.
                let is_last = told.load(Ordering::SeqCst);
                match app.sync_once(&|event: &SyncEvent| teller.tell(event)).await {
                    Ok(_) if is_last => return print_where(&app),
                    Ok(_) => tokio::time::sleep(BETWEEN).await,
                    Err(error) => {
                        let reply = error.reply();
                        say(format_args!("round ended early: {}", describe(&reply)));
                        if !reply.retry {
                            return Err(describe(&reply));
                        }
                        tokio::time::sleep(BETWEEN).await;
                    }
                }
            }
        });
        Ok(Self { over, task })
    }

    /// Waits until everything that was recorded is at the station.
    pub(crate) async fn finish(self) -> Result<(), Problem> {
        self.over.store(true, Ordering::SeqCst);
        self.task.await.map_err(|error| error.to_string())?
    }
}

fn print_where(app: &Arc<App>) -> Result<(), Problem> {
    let status = app.sync_status().map_err(|error| describe(&error.reply()))?;
    let (here, there) = (&status.on_phone, &status.at_station);
    say(format_args!(
        "on the phone: {} cases, {} photos",
        here.cases, here.photos
    ));
    say(format_args!(
        "at the station: {} cases, {} photos",
        there.cases, there.photos
    ));
    if let Some(receipt) = &status.last_receipt {
        let head: String = receipt.head.chars().take(8).collect();
        say(format_args!(
            "receipt: journal up to {} ({head}), signed by the station",
            receipt.seq
        ));
    }
    Ok(())
}

/// Turns what happens into lines; only a terminal sees the percentages inside an original.
struct Teller {
    originals: u64,
    acked: AtomicU64,
    thumbnails: AtomicU64,
    tells_progress: bool,
}

impl Teller {
    fn new(app: &App, tells_progress: bool) -> Result<Self, Problem> {
        let status = app.sync_status().map_err(|error| describe(&error.reply()))?;
        Ok(Self {
            originals: status.on_phone.photos,
            acked: AtomicU64::new(0),
            thumbnails: AtomicU64::new(0),
            tells_progress,
        })
    }

    fn tell(&self, event: &SyncEvent) {
        match event {
            SyncEvent::Phase(Phase::Ops) => say("phase ops"),
            SyncEvent::Phase(Phase::Thumbnails) => say("phase thumbnails"),
            SyncEvent::Phase(Phase::Originals) => {
                let thumbnails = self.thumbnails.swap(0, Ordering::Relaxed);
                if thumbnails > 0 {
                    say(format_args!("{thumbnails} thumbnails at the station"));
                }
                say("phase originals");
            }
            SyncEvent::Acked { seq, ops, bytes: _ } => {
                say(format_args!("receipt for {ops} records, journal up to {seq}"))
            }
            SyncEvent::Thumbnail(_) => {
                self.thumbnails.fetch_add(1, Ordering::Relaxed);
            }
            SyncEvent::Sending { sha256, sent, total } if std::io::stdout().is_terminal() => {
                let percent = sent * 100 / (*total).max(1);
                draw(format_args!(
                    "  {}  {percent:>3}% of {} KB",
                    sha256.short(),
                    total / 1000
                ));
            }
            SyncEvent::PhotoAcked(sha256) => {
                let acked = self.acked.fetch_add(1, Ordering::Relaxed) + 1;
                let originals = self.originals.max(acked);
                let full = usize::try_from(acked * 20 / originals).unwrap_or(20);
                let bar: String = (0..20).map(|cell| if cell < full { '█' } else { '░' }).collect();
                say(format_args!(
                    "receipt for original {}  {bar} {acked:>2}/{originals}",
                    sha256.short()
                ));
            }
            SyncEvent::Progress(progress) if self.tells_progress => {
                let Progress {
                    records_left,
                    photos_left,
                    bytes_left,
                    bytes_sent,
                    bytes_per_second,
                } = progress;
                say(json!({ "progress": {
                    "records_left": records_left, "photos_left": photos_left, "bytes_left": bytes_left,
                    "bytes_sent": bytes_sent, "bytes_per_second": bytes_per_second,
                } }));
            }
            SyncEvent::Succeeded(reason) => {
                let reason = serde_json::to_value(reason).unwrap_or_default();
                say(format_args!("a new journal begins: {}", reason.as_str().unwrap_or("?")));
            }
            SyncEvent::Audited(audit) if audit.is_equal => say("audit: station = phone"),
            SyncEvent::Audited(_) => say("audit: station and phone differ"),
            SyncEvent::Progress(_)
            | SyncEvent::Sending { .. }
            | SyncEvent::Waiting { .. }
            | SyncEvent::Idle
            | SyncEvent::Held => {}
        }
    }
}
