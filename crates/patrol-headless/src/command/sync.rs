//! `sync`: brings everything that waits to the station, telling what happens.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use patrol_app::{App, Phase, SyncEvent};

use crate::host::{Problem, describe, open_existing};
use crate::terminal::say;

/// What `--once` exits with when anything still waits.
const STILL_WAITING: u8 = 3;

/// How long to wait between rounds; a program that was started to sync need not be patient.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) async fn sync(data: &Path, once: bool) -> Result<ExitCode, Problem> {
    let app = open_existing(data)?;
    let mut round = 0;
    loop {
        round += 1;
        match app.sync_once(&tell).await {
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

fn print_where(app: &Arc<App>) -> Result<(), Problem> {
    let status = app.sync_status().map_err(|error| describe(&error.reply()))?;
    let (here, there) = (&status.on_phone, &status.at_station);
    say(format_args!(
        "on the phone {} cases, {} photos",
        here.cases, here.photos
    ));
    say(format_args!(
        "at the station {} cases, {} photos",
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

fn tell(event: &SyncEvent) {
    match event {
        SyncEvent::Phase(Phase::Ops) => say(format_args!("phase ops")),
        SyncEvent::Phase(Phase::Thumbnails) => say(format_args!("phase thumbnails")),
        SyncEvent::Phase(Phase::Originals) => say(format_args!("phase originals")),
        SyncEvent::Acked { seq, ops } => say(format_args!("receipt for {ops} records, journal up to {seq}")),
        SyncEvent::Sending { sha256, sent, total } => {
            say(format_args!(
                "sending {} {}% of {} KB",
                sha256.short(),
                sent * 100 / (*total).max(1),
                total / 1000
            ));
        }
        SyncEvent::PhotoAcked(sha256) => say(format_args!("receipt for original {}", sha256.short())),
        SyncEvent::Thumbnail(sha256) => say(format_args!("thumbnail {}", sha256.short())),
        SyncEvent::Waiting { .. } | SyncEvent::Idle => {}
    }
}
