//! The subcommands that are more than a line: each reads arguments, calls the library, prints.

pub(crate) mod backup;
pub(crate) mod device;
pub(crate) mod failure;
pub(crate) mod key;
pub(crate) mod log;
pub(crate) mod restore;
pub(crate) mod verify;

use patrol_station::BackupStep;

/// One line for each step, for whoever watches; what scripts read goes to the other stream.
fn tell(step: BackupStep) {
    match step {
        BackupStep::Database => eprintln!("数据库已完成 / database done"),
        BackupStep::Files { done, of } => eprintln!("文件 / files {done}/{of}"),
        BackupStep::Synced => eprintln!("已写入磁盘 / on the disk"),
    }
}
