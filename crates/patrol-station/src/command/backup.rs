//! `patrol-station backup`.

use std::error::Error;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use clap::Args;
use patrol_station::{BackupReport, PruneReport, Station, backup, prune};

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
    /// clear older backups away afterwards, but not the newest so many that were verified (verify --data), nor whatever
    /// holds something that they do not; [backup] keep of station.toml when not given
    #[arg(long)]
    keep: Option<NonZeroU32>,
}

/// Runs it.
pub(crate) fn run(arguments: BackupArguments) -> Result<(), Box<dyn Error>> {
    let BackupArguments {
        data,
        to,
        without_keys,
        keep,
    } = arguments;
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
    match keep.or(station.config().backup.keep) {
        Some(keep) => clear(&station, &to, keep),
        None => Ok(()),
    }
}

fn clear(station: &Station, to: &Path, keep: NonZeroU32) -> Result<(), Box<dyn Error>> {
    let PruneReport {
        cleared,
        needed,
        files,
        bytes,
        unreadable,
        is_read,
    } = prune(station, to, keep)?;
    if is_read {
        println!("正在被读取，本次不清理 / somebody reads these backups: nothing is cleared away this time");
    }
    for backup in cleared {
        println!("已清理/cleared  {backup}");
    }
    for backup in needed {
        println!("保留/kept  {backup}  含有更新的备份所没有的内容 / holds what no newer verified one holds");
    }
    for backup in unreadable {
        println!("清单不可读，全部内容保留 / manifest unreadable, all contents kept  {backup}");
    }
    println!("清理内容/contents cleared  {files}  {bytes} 字节/bytes");
    Ok(())
}
