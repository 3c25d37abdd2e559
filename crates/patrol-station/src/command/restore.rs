//! `patrol-station restore`.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use patrol_station::{Ports, RestoreOptions, RestoreReport, restore};

/// What to restore, and where to.
#[derive(Args)]
pub(crate) struct RestoreArguments {
    /// the folder of backups
    #[arg(long)]
    from: PathBuf,
    /// which one; the newest when not given
    #[arg(long)]
    backup: Option<String>,
    /// the new station's folder: empty or not there; an interrupted restore goes on
    #[arg(long)]
    data: PathBuf,
    /// the old station's marker folder, if it is left: phones that were shut out since the backup stay shut out
    #[arg(long)]
    marker: Option<PathBuf>,
}

/// Runs it.
pub(crate) fn run(arguments: RestoreArguments) -> Result<(), Box<dyn Error>> {
    let RestoreArguments {
        from,
        backup,
        data,
        marker,
    } = arguments;
    let options = RestoreOptions {
        from,
        backup,
        data,
        marker,
    };
    let RestoreReport {
        backup,
        facts,
        revoked,
        keys,
    } = restore(&options, &Ports::machine(), &super::tell)?;
    println!(
        "{backup}  站点/station {}  新纪元/new epoch {}  停用或挂失/shut out {revoked}",
        facts.station, facts.epoch
    );
    if options.marker.is_none() {
        println!(
            "未提供旧标记:备份之后的停用和挂失需重做 / no old marker given: what was shut out since the backup must be shut out again"
        );
    }
    if !keys {
        println!(
            "备份不含密钥:请放入 keys/ / the backup has no keys: put them into keys/ before the station is opened"
        );
    }
    Ok(())
}
