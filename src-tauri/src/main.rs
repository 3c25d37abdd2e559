//! 巡格 Xunge: the officer's window as a program.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

fn main() -> ExitCode {
    let heard = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::registry()
        .with(fmt::layer().with_writer(std::io::stderr).with_filter(heard))
        // What an officer can hand to the station is the same at every setting.
        .with(
            fmt::layer()
                .with_ansi(false)
                .with_writer(patrol_host::log_ring)
                .with_filter(EnvFilter::new("info")),
        )
        .init();
    match xunge::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
