//! `log export` and `log import`: journals in a file.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use patrol_domain::LogId;
use patrol_domain::hash::decode_hex;
use patrol_station::{Imported, Layout, Station};

use super::failure::CommandError;

#[derive(Subcommand)]
pub(crate) enum LogCommand {
    /// 导出日志 / write journals, originals and receipts to one file, for `patrol-verify` or a court; works while the station serves
    Export {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// only this journal; may be given more than once
        #[arg(long = "log")]
        logs: Vec<LogId>,
        /// the file; it must not be there yet
        #[arg(long)]
        out: PathBuf,
    },
    /// 导入日志 / take in a phone's export, plain or sealed; works while the station serves
    Import {
        /// the export
        file: PathBuf,
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// the recovery key's file, when it is not kept with the station
        #[arg(long)]
        recovery_key: Option<PathBuf>,
    },
}

pub(crate) async fn run(command: LogCommand) -> Result<(), Box<dyn Error>> {
    match command {
        LogCommand::Export { data, logs, out } => export(data, logs, &out).await,
        LogCommand::Import {
            file,
            data,
            recovery_key,
        } => import(&file, data, recovery_key).await,
    }
}

async fn export(data: PathBuf, logs: Vec<LogId>, out: &Path) -> Result<(), Box<dyn Error>> {
    let station = Station::open(crate::opening(data))?;
    let file = File::create_new(out).map_err(failed(out))?;
    let written = station
        .store()
        .export(logs, Box::new(BufWriter::new(file.try_clone()?)))
        .await;
    let summary = match written.map_err(Box::<dyn Error>::from).and_then(|summary| {
        file.sync_all()?;
        Ok(summary)
    }) {
        Ok(summary) => summary,
        Err(error) => {
            // The first error is the one worth reporting; half an export has no seal in any case.
            let _ = std::fs::remove_file(out);
            return Err(error);
        }
    };
    println!(
        "exported {} journals, {} ops, {} originals to {}",
        summary.journals,
        summary.ops,
        summary.photos,
        out.display()
    );
    if summary.missing_photos > 0 {
        println!("{} originals cannot be read and are not in it", summary.missing_photos);
    }
    Ok(())
}

async fn import(file: &Path, data: PathBuf, recovery_key: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let layout = Layout::new(&data);
    let kept = layout.keys().join("recovery.key");
    let recovery = match recovery_key.or_else(|| kept.exists().then_some(kept)) {
        Some(path) => Some(read_key(&path)?),
        None => None,
    };
    let station = Station::open(crate::opening(data))?;
    let Imported {
        journals,
        refused,
        photos,
        known_photos,
        refused_photos,
    } = station.import(file, recovery).await?;
    for (log, new) in &journals {
        println!("journal {log}: {new} new ops");
    }
    for one in &refused {
        println!("journal {}: refused, {}", one.log, one.code);
    }
    println!("originals: {photos} new, {known_photos} here already, {refused_photos} named by no journal here");
    if refused.is_empty() {
        Ok(())
    } else {
        Err(CommandError::JournalsRefused(refused.len()).into())
    }
}

fn read_key(path: &Path) -> Result<[u8; 32], CommandError> {
    let text = std::fs::read_to_string(path).map_err(failed(path))?;
    decode_hex(text.trim()).ok_or_else(|| CommandError::NoKey { path: path.to_owned() })
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> CommandError {
    let path = path.to_owned();
    move |source| CommandError::File { path, source }
}
