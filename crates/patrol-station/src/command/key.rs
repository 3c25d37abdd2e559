//! `key list` and `key rotate`: the keys that receipts are signed with.

use std::error::Error;
use std::path::PathBuf;

use clap::Subcommand;
use patrol_station::Station;

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// 列出密钥 / list the keys that the station signs and has signed with, the present one last
    List {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
    },
    /// 更换密钥 / make a new signing key, announced by the old one; a station that is served takes it at its next start
    Rotate {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) async fn run(command: KeyCommand) -> Result<(), Box<dyn Error>> {
    match command {
        KeyCommand::List { data } => list(&Station::open(crate::opening(data))?).await,
        KeyCommand::Rotate { data } => {
            let station = Station::open(crate::opening(data))?;
            let key = station.rotate_key().await?;
            println!("new key {} ({})", key.key_id(), key.thumbprint());
            println!("a station that is served now goes on with the old key until it is started again");
            Ok(())
        }
    }
}

async fn list(station: &Station) -> Result<(), Box<dyn Error>> {
    let keys = station.store().station_keys().await?;
    for key in &keys.keys {
        println!("{} {}", key.key_id(), key.thumbprint());
    }
    Ok(())
}
