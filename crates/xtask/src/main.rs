//! The workspace's tasks, behind `cargo xtask <task>`.
//!
//! A stranger should need two commands: one that shows the product working, one that proves it. Both are here and not
//! in a Makefile or shell script, so that they are checked like the rest. It depends on no crate of the workspace:
//! when one of those does not compile, the tool that says so still must.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task speaks to the person at the terminal"
)]

mod bindings;
mod checkout;
mod clock;
mod demo;
mod digest;
mod figures;
mod fuzz;
mod make_map;
mod pictures;
mod process;
mod setup;
mod simulate;
mod stages;
mod tidy;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use checkout::Checkout;
use clap::{Parser, Subcommand};

/// Tasks of the Xunge workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sets everything up and shows the product: a station and an officer's window (without a display: a scripted patrol).
    Run {
        /// No window: a scripted patrol, recorded offline and carried to the station, then both sides compared.
        #[arg(long)]
        patrol: bool,
        /// Begin anew: removes yesterday's demo station and phone.
        #[arg(long)]
        reset: bool,
        /// Where the demo's data lives [default: $XUNGE_DATA_HOME, else ~/.local/share/xunge/demo].
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Runs every check, or only the named stages.
    Test {
        /// Stages to run; none means all.
        #[arg(value_name = "STAGE")]
        stages: Vec<String>,
    },
    /// Feeds made-up bytes to whatever reads bytes from elsewhere, and says which file breaks it.
    Fuzz {
        /// Targets to run; none means all.
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
        /// How long each runs.
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u64,
    },
    /// Twenty phones and a station in which everything goes wrong that may, once for each seed.
    Simulate {
        /// How many seeds.
        #[arg(long, value_name = "N", default_value_t = 200)]
        seeds: u64,
        /// Replays this one alone.
        #[arg(long, value_name = "S")]
        seed: Option<u64>,
    },
    /// Checks what no compiler checks: arrows between crates, stray notes, generated files, released migrations.
    Tidy,
    /// Writes the TypeScript twins of the Rust view types into ui/shared/bindings.
    GenTypes,
    /// Photographs every screen in both languages, every light and every size, and looks for what is wrong with it.
    Pictures,
    /// Writes the invented district of the demo anew: assets/map and its grids in assets/packs.
    MakeMap,
    /// Measures, and compares each figure with its bar.
    Bench {
        /// Figures to measure; none means all.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Rewrites docs/benchmarks.md.
        #[arg(long)]
        report: bool,
        /// Only sees them run: those of the way to the station as small as can be, no bar, nothing kept.
        #[arg(long, conflicts_with = "report")]
        small: bool,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    match attend(line.task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => {
            eprintln!("stopped");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn attend(task: Task) -> Result<()> {
    process::listen_for_interrupts()?;
    let checkout = Checkout::find()?;
    match task {
        Task::Run { patrol, reset, data } => demo::run(&checkout, &demo::Wish { patrol, reset, data }),
        Task::Test { stages } => stages::run(&checkout, &stages),
        Task::Fuzz { targets, seconds } => fuzz::run(&checkout, &targets, Duration::from_secs(seconds)),
        Task::Simulate { seeds, seed } => simulate::run(&checkout, seeds, seed),
        Task::Tidy => tidy::run(&checkout),
        Task::Pictures => pictures::take(&checkout),
        Task::GenTypes => bindings::generate(&checkout),
        Task::MakeMap => make_map::run(&checkout),
        Task::Bench { names, small: true, .. } => figures::run_small(&checkout, &names),
        Task::Bench { names, report, .. } => figures::run(&checkout, &names, report),
    }
}
