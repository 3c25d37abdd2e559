//! The commands of the way to the station.

use std::sync::Arc;
use std::time::Duration;

use patrol_store::Settings;
use serde::Deserialize;
use serde_json::Value;

use super::{answer, none, read};
use crate::app::App;
use crate::error::AppError;
use crate::port::Network;

#[derive(Deserialize)]
struct EnrolArguments {
    code: String,
}

#[derive(Deserialize)]
struct SettingsArguments {
    is_paused: bool,
    only_unmetered: bool,
}

#[derive(Deserialize)]
struct WaitArguments {
    version: u64,
    timeout_ms: u64,
}

#[derive(Deserialize)]
struct PageArguments {
    before: Option<String>,
    limit: usize,
}

#[derive(Deserialize)]
struct NetworkArguments {
    kind: NetworkName,
}

/// What a page can see of the network.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum NetworkName {
    Metered,
    Unmetered,
    Unknown,
    None,
}

impl App {
    /// The commands that wait for the network or for news; none when `command` is not one of them.
    pub(super) async fn run_waiting(self: &Arc<Self>, command: &str, args: &Value) -> Option<Result<Value, AppError>> {
        match command {
            "enrol" => Some(self.run_enrol(args).await),
            "sync_audit" => Some(self.run_audit(args).await),
            "sync_wait" => Some(self.run_wait(args).await),
            _ => None,
        }
    }

    async fn run_enrol(&self, args: &Value) -> Result<Value, AppError> {
        let EnrolArguments { code } = read(args.clone())?;
        answer(self.enrol(&code).await?)
    }

    async fn run_audit(&self, args: &Value) -> Result<Value, AppError> {
        none(args.clone())?;
        self.audit().await?;
        answer(self.sync_status()?)
    }

    async fn run_wait(self: &Arc<Self>, args: &Value) -> Result<Value, AppError> {
        let WaitArguments { version, timeout_ms } = read(args.clone())?;
        answer(self.sync_wait(version, Duration::from_millis(timeout_ms)).await?)
    }

    /// The others; none when `command` is not one of them.
    pub(super) fn run_sync(&self, command: &str, args: &Value) -> Option<Result<Value, AppError>> {
        Some(match command {
            "sync_status" => none(args.clone()).and_then(|()| answer(self.sync_status()?)),
            "sync_start" => none(args.clone()).and_then(|()| answer(self.start_sync()?)),
            "sync_configure" => read(args.clone()).and_then(|set| {
                let SettingsArguments {
                    is_paused,
                    only_unmetered,
                } = set;
                answer(self.configure_sync(Settings {
                    is_paused,
                    only_unmetered,
                })?)
            }),
            "sync_receipts" => read(args.clone()).and_then(|page| {
                let PageArguments { before, limit } = page;
                answer(self.receipts(before.as_deref(), limit)?)
            }),
            "station_read" => none(args.clone()).and_then(|()| answer(self.station_detail()?)),
            "host_network" => read(args.clone()).and_then(|NetworkArguments { kind }| {
                self.network_changed(match kind {
                    NetworkName::Metered => Network::Metered,
                    NetworkName::Unmetered => Network::Unmetered,
                    NetworkName::Unknown => Network::Unknown,
                    NetworkName::None => Network::None,
                });
                answer(())
            }),
            _ => return None,
        })
    }
}
