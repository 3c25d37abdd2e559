//! The officer's use cases without a window: scripted patrols, digests, and a development server for browsers.
//!
//! Everything goes through the same dispatch table as the window, so what is tried here is what an officer gets.

mod command;
mod host;
mod terminal;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use patrol_app::Network;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// 巡格 Xunge without a window.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Record the scripted patrol; needs no station and no network.
    Record {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// The folder with the pictures and `patrol.toml`.
        #[arg(long)]
        photos: PathBuf,
        /// How many cases.
        #[arg(long, default_value_t = 12)]
        cases: usize,
        /// After each case, also take a step, add a photo, amend it, and make every fourth void.
        #[arg(long)]
        acts: bool,
        /// Hand the photos over as a camera does: written to a file that was named on disk before it opened.
        #[arg(long)]
        camera: bool,
        /// Wait for a line on standard input behind each line that says `phase`: for tests that kill in a chosen one.
        #[arg(long)]
        step: bool,
        /// Bring what was recorded to the station meanwhile; ends when it is there.
        #[arg(long)]
        sync: bool,
    },
    /// Enrol the phone with a code of the station.
    Enrol {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// The code, as `patrol-station enrol-code` prints it.
        #[arg(long)]
        code: String,
    },
    /// Who shares this phone, and who of them records.
    Officer {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// Sign another officer in with a code of the station; they record from now on.
        #[arg(long, conflicts_with = "choose")]
        code: Option<String>,
        /// Hand the phone to the officer with this number.
        #[arg(long)]
        choose: Option<String>,
    },
    /// Bring everything that waits to the station; tries again until it is there.
    Sync {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// One round only; exit with 3 when anything still waits.
        #[arg(long)]
        once: bool,
        /// Say as JSON, one line each, how far the whole backlog is.
        #[arg(long)]
        progress: bool,
        /// Count both sides afterwards and compare.
        #[arg(long)]
        audit: bool,
        /// Send now, whatever pause and price of the network say.
        #[arg(long)]
        now: bool,
        /// What the network costs.
        #[arg(long, value_enum, default_value_t)]
        network: NetworkCost,
    },
    /// Set how syncing is done.
    Configure {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// Send nothing until this is taken back.
        #[arg(long)]
        paused: bool,
        /// Originals wait for a network that costs nothing.
        #[arg(long)]
        only_unmetered: bool,
    },
    /// Count the records of phone and station and compare; exits with 4 when they differ.
    Audit {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Clear away originals that the station has signed for and holds in a verified backup.
    Prune {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// Only those that are older than this many days.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// Say what is where.
    Status {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Recompute the journal and all originals from stored bytes.
    Digest {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// List every op of every case.
    History {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Check that everything is as it was written; exits with 0 only then. Changes nothing.
    Verify {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// Tell what could be saved from a damaged database.
        #[arg(long)]
        salvage: bool,
    },
    /// Write everything that the phone holds to one file, for `patrol-verify` or `patrol-station log import`.
    Export {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// The file; it must not be there yet.
        #[arg(long)]
        out: PathBuf,
        /// Sealed, so that only the station's recovery key opens it.
        #[arg(long)]
        sealed: bool,
    },
    /// Serve the built UI and the dispatch table on 127.0.0.1, for a browser.
    Serve {
        /// The phone's data folder.
        #[arg(long)]
        data: PathBuf,
        /// The folder with the built UI.
        #[arg(long)]
        ui: PathBuf,
        /// The folder with the rendered scenes.
        #[arg(long)]
        photos: Option<PathBuf>,
        /// The port; 0 = any free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

/// What the network costs, as the host says it.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum NetworkCost {
    /// Each byte is paid for.
    Metered,
    /// It costs nothing.
    Unmetered,
    /// The host cannot tell.
    #[default]
    Unknown,
}

#[tokio::main]
async fn main() -> ExitCode {
    let heard = EnvFilter::from_default_env();
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
    let outcome = match Arguments::parse().command {
        Command::Record {
            data,
            photos,
            cases,
            acts,
            camera,
            step,
            sync,
        } => {
            let manner = command::record::Manner {
                acts,
                camera,
                step,
                sync,
            };
            command::record::record(&data, &photos, cases, manner).await
        }
        Command::Enrol { data, code } => command::enrol::enrol(&data, &code).await,
        Command::Officer { data, code, choose } => match (code, choose) {
            (Some(code), _) => command::officer::add(&data, &code).await,
            (None, Some(number)) => command::officer::choose(&data, &number),
            (None, None) => command::officer::list(&data),
        },
        Command::Sync {
            data,
            once,
            progress,
            audit,
            now,
            network,
        } => {
            let network = match network {
                NetworkCost::Metered => Network::Metered,
                NetworkCost::Unmetered => Network::Unmetered,
                NetworkCost::Unknown => Network::Unknown,
            };
            let manner = command::sync::Manner {
                once,
                progress,
                audit,
                now,
                network,
            };
            command::sync::sync(&data, manner).await
        }
        Command::Configure {
            data,
            paused,
            only_unmetered,
        } => command::configure::configure(&data, paused, only_unmetered),
        Command::Audit { data } => command::audit::audit(&data).await,
        Command::Prune { data, days } => command::prune::prune(&data, days),
        Command::Status { data, json } => command::status::status(&data, json),
        Command::Digest { data } => command::digest::digest(&data),
        Command::History { data } => command::history::history(&data),
        Command::Verify { data, salvage } => command::verify::verify(&data, salvage),
        Command::Export { data, out, sealed } => command::export::export(&data, &out, sealed),
        Command::Serve { data, ui, photos, port } => command::serve::serve(&data, &ui, photos, port).await,
    };
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem);
            ExitCode::FAILURE
        }
    }
}

/// Whatever the log is set to, a command that came to nothing says why.
#[allow(clippy::print_stderr, reason = "a command-line program complains on standard error")]
fn complain(problem: &str) {
    eprintln!("error: {problem}");
}
