//! `patrol-station backup`.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use patrol_station::{BackupReport, Station, backup};

/// What to back up, and where to.
#[derive(Args)]
pub(crate) struct BackupArguments {
    /// the station's folder; it may be served meanwhile
    #[arg(long)]
    data: PathBuf,
    /// the folder of backups, best on another disk; an interrupted one goes on, a later one copies only what is new
    #[arg(long)]
    to: PathBuf,
    /// leave the keys out; without them a restored station is not the same station
    #[arg(long)]
    without_keys: bool,
}

/// Runs it.
pub(crate) fn run(arguments: BackupArguments) -> Result<(), Box<dyn Error>> {
    let BackupArguments { data, to, without_keys } = arguments;
    let station = Station::open(crate::opening(data))?;
    let BackupReport {
        backup,
        files,
        bytes,
        copied,
        absent,
    } = backup(&station, &to, !without_keys, &super::tell)?;
    println!("{backup}  {files} 个文件/files  {bytes} 字节/bytes  新增/new {copied}");
    for one in absent {
        println!("缺/absent  {}: {}", one.path, one.why);
    }
    println!(
        "尚未校验，校验后才算安全 / not safe before: patrol-station verify {}",
        to.display()
    );
    Ok(())
}
