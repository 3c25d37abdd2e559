//! `patrol-station verify`.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use patrol_station::{Station, VerifyReport, verify};

/// Which backup, and who is told.
#[derive(Args)]
pub(crate) struct VerifyArguments {
    /// the folder of backups
    folder: PathBuf,
    /// which one; the newest when not given
    #[arg(long)]
    backup: Option<String>,
    /// the station's folder: the backup must be its own, and counts as safe from then on
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Runs it; false when the backup is not sound.
pub(crate) fn run(arguments: VerifyArguments) -> Result<bool, Box<dyn Error>> {
    let VerifyArguments { folder, backup, data } = arguments;
    let station = data.map(|data| Station::open(crate::opening(data))).transpose()?;
    let VerifyReport {
        backup,
        key_id,
        files,
        bytes,
        ops,
        safe,
        absent,
        counts,
        faults,
    } = verify(&folder, backup.as_deref(), station.as_ref(), &super::tell)?;
    println!("{backup}  {files} 个文件/files  {bytes} 字节/bytes  {ops} 条记录/ops  密钥/key {key_id}");
    for (log, seq) in safe {
        println!("安全至/safe up to  {log}  {}", seq.0);
    }
    for one in absent {
        println!("缺/absent  {}: {}", one.path, one.why);
    }
    for fault in &faults {
        println!("损坏/fault  {fault}");
    }
    println!(
        "{}",
        if faults.is_empty() {
            "备份完好 / the backup is sound"
        } else {
            "备份有损 / the backup is NOT sound"
        }
    );
    if faults.is_empty() && counts == Some(false) {
        println!("属于恢复之前的纪元，不计入安全 / of an earlier epoch: it does not count as safe, make a new one");
    }
    Ok(faults.is_empty())
}
