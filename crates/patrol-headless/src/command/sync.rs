//! `sync`: brings everything that waits to the station, telling what happens.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use patrol_app::{App, Phase, SyncEvent};
use tokio::task::JoinHandle;

use crate::host::{Problem, describe, open_existing};
use crate::terminal::{draw, say};

/// What `--once` exits with when anything still waits.
const STILL_WAITING: u8 = 3;

/// How long to wait between rounds; a program that was started to sync need not be patient.
const PAUSE: Duration = Duration::from_millis(500);

/// How long to wait between rounds beside a recording: nobody wakes them.
const BETWEEN: Duration = Duration::from_millis(50);

pub(crate) async fn sync(data: &Path, once: bool) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let teller = Teller::new(&app)?;
    let mut round = 0;
    loop {
        round += 1;
        match app.sync_once(&|event: &SyncEvent| teller.tell(event)).await {
            Ok(()) => {
                print_where(&app)?;
                return Ok(ExitCode::SUCCESS);
            }
            Err(error) => {
                let reply = error.reply();
                say(format_args!("round {round} ended early: {}", describe(&reply)));
                if once {
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
        let (app, teller, over) = (Arc::clone(app), Teller::new(app)?, Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&over);
        let task = tokio::spawn(async move {
            loop {
                // Asked before the round: what was recorded by then is in it.
                let is_last = told.load(Ordering::SeqCst);
                match app.sync_once(&|event: &SyncEvent| teller.tell(event)).await {
                    Ok(()) if is_last => return print_where(&app),
                    Ok(()) => tokio::time::sleep(BETWEEN).await,
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
}

impl Teller {
    fn new(app: &App) -> Result<Self, Problem> {
        let status = app.sync_status().map_err(|error| describe(&error.reply()))?;
        Ok(Self {
            originals: status.on_phone.photos,
            acked: AtomicU64::new(0),
            thumbnails: AtomicU64::new(0),
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
            SyncEvent::Acked { seq, ops } => say(format_args!("receipt for {ops} records, journal up to {seq}")),
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
            SyncEvent::Sending { .. } | SyncEvent::Waiting { .. } | SyncEvent::Idle => {}
        }
    }
}
