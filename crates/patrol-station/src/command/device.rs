//! `patrol-station device list | retire | lost | recover`.

use std::error::Error;
use std::path::PathBuf;

use clap::Subcommand;
use patrol_domain::DeviceId;
use patrol_station::{DeviceRow, JournalRow, Revoked, Station};
use serde_json::{Value, json};

/// What can be done about phones.
#[derive(Subcommand)]
pub(crate) enum DeviceCommand {
    /// 列出手机 / list the phones and how far their journals are here
    List {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// as JSON
        #[arg(long)]
        json: bool,
    },
    /// 停用手机 / retire a phone: it may bring what it has, nothing more is given out to it
    Retire {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// its id, as `device list` shows it
        device: DeviceId,
    },
    /// 挂失手机 / report a phone lost: it is answered like a stranger from now on, for ever; what it brought is kept
    Lost {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// its id, as `device list` shows it
        device: DeviceId,
    },
    /// 恢复手机根密钥 / open the root key that a phone sealed, and write it to a private file
    Recover {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// its id, as `device list` shows it
        device: DeviceId,
        /// where to write it; must not be there yet
        #[arg(long)]
        to: PathBuf,
        /// the recovery key; keys/recovery.key when not given
        #[arg(long)]
        key: Option<PathBuf>,
    },
}

/// Runs it.
pub(crate) async fn run(command: DeviceCommand) -> Result<(), Box<dyn Error>> {
    match command {
        DeviceCommand::List { data, json } => {
            let devices = open(data)?.store().list_devices().await?;
            if json {
                println!("{:#}", Value::Array(devices.iter().map(to_json).collect()));
            } else {
                print!("{}", to_table(&devices));
            }
        }
        DeviceCommand::Retire { data, device } => revoke(data, device, Revoked::Retired).await?,
        DeviceCommand::Lost { data, device } => revoke(data, device, Revoked::Lost).await?,
        DeviceCommand::Recover { data, device, to, key } => {
            open(data)?.recover(device, key.as_deref(), &to).await?;
            println!("根密钥已写入 / the root key is in {}", to.display());
        }
    }
    Ok(())
}

fn open(data: PathBuf) -> Result<Station, Box<dyn Error>> {
    Ok(Station::open(crate::opening(data))?)
}

async fn revoke(data: PathBuf, device: DeviceId, state: Revoked) -> Result<(), Box<dyn Error>> {
    let station = open(data)?;
    let known = station.store().revoke(device, state).await?;
    // A phone that is lost stays so when it is retired.
    let devices = station.store().list_devices().await?;
    let holds = devices.into_iter().find(|row| row.device == device);
    println!("{device}  {}", words(holds.map_or(Some(state), |row| row.revoked)));
    if !known {
        println!(
            "本站目前没有这台手机；它以后出现时同样生效 / no such phone here at present: it holds should it come back"
        );
    }
    Ok(())
}

fn words(state: Option<Revoked>) -> &'static str {
    match state {
        None => "正常/active",
        Some(Revoked::Retired) => "停用/retired",
        Some(Revoked::Lost) => "挂失/lost",
    }
}

/// One line for each journal; a phone that has pushed nothing has one as well.
fn to_table(devices: &[DeviceRow]) -> String {
    const HEADS: [&str; 7] = [
        "手机/device",
        "人员/officer",
        "状态/state",
        "日志/journal",
        "已到/本机 acked/local",
        "缺原图/photos missing",
        "最近联系/last contact",
    ];
    let mut lines = vec![HEADS.map(str::to_owned)];
    for one in devices {
        let line = |journal: Option<&JournalRow>| {
            [
                one.device.to_string(),
                format!("{} {}", one.officer.number, one.officer.name),
                words(one.revoked).to_owned(),
                journal.map_or("-".to_owned(), |journal| journal.log.to_string()),
                journal.map_or("-".to_owned(), |journal| {
                    format!("{}/{}", journal.acked.0, journal.local.0)
                }),
                journal.map_or("-".to_owned(), |journal| journal.waiting_photos.to_string()),
                journal.map_or("-".to_owned(), |journal| patrol_station::station_text(journal.contact)),
            ]
        };
        if one.journals.is_empty() {
            lines.push(line(None));
        }
        lines.extend(one.journals.iter().map(|journal| line(Some(journal))));
    }
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| width(cell)).max().unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        for (cell, wide) in line.iter().zip(&widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(wide - width(cell) + 2));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// Columns on a terminal: a Chinese character takes two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|character| if u32::from(character) >= 0x2e80 { 2 } else { 1 })
        .sum()
}

fn to_json(one: &DeviceRow) -> Value {
    let DeviceRow {
        device,
        officer,
        revoked,
        enrolled,
        recoverable,
        journals,
    } = one;
    let journals: Vec<Value> = journals.iter().map(journal_json).collect();
    json!({
        "device": device,
        "officer": officer,
        "state": match revoked {
            None => "active",
            Some(Revoked::Retired) => "retired",
            Some(Revoked::Lost) => "lost",
        },
        "enrolled_ms": enrolled,
        "recoverable": recoverable,
        "journals": journals,
    })
}

fn journal_json(journal: &JournalRow) -> Value {
    let JournalRow {
        log,
        device: _,
        officer: _,
        acked,
        head_hash,
        contact,
        local,
        waiting_photos,
        waiting_bytes,
    } = journal;
    json!({
        "log": log,
        "acked_seq": acked,
        "head_hash": head_hash,
        "local_seq": local,
        "contact_ms": contact,
        "missing_photos": waiting_photos,
        "missing_bytes": waiting_bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_take_two_columns() {
        assert_eq!(width("王某 a/b"), 8);
    }
}
