//! `patrol-station`: makes, serves and looks into a station. Reads arguments and prints; everything else is the library.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks on both"
)]

mod command;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use command::failure::{self, CommandError, Language};
use patrol_domain::LogId;
use patrol_station::{
    Config, InitOptions, Layout, LogConfig, LogFormat, Place, Ports, Replayed, Setting, Station, StationOptions,
    TlsMode, init,
};
use patrol_wire::Officer;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::EnvFilter;

/// 巡格站点 / the station of Xunge.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// 出错时用的语言 / the language of failures; the terminal's (LANG) when not given
    #[arg(long, global = true, value_enum)]
    language: Option<Language>,
}

#[derive(Subcommand)]
enum Command {
    /// 建立站点 / make a station; never overwrites one
    Init {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// what people call the station
        #[arg(long, default_value = "巡格站点")]
        name: String,
        /// where it will listen
        #[arg(long)]
        listen: Option<String>,
        /// the district: its 6-digit code and its name, e.g. 320116=六合区
        #[arg(long, default_value = "=")]
        district: Place,
        /// the street office: its 9-digit code and its name
        #[arg(long, default_value = "=")]
        office: Place,
        /// 本机明文 / speak plain HTTP, at an address that no other machine can reach
        #[arg(long)]
        plain: bool,
    },
    /// 运行站点 / serve until SIGTERM or SIGINT
    Serve {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// listen here instead of where station.toml says; port 0 takes any free one
        #[arg(long)]
        listen: Option<String>,
        /// 本机明文 / speak plain HTTP, at an address that no other machine can reach
        #[arg(long)]
        plain: bool,
        /// 明文，不安全 / speak plain HTTP at any address: whoever is on the way reads everything
        #[arg(long, conflicts_with = "plain")]
        insecure_plain_http_everywhere: bool,
    },
    /// 生成登记码 / make a one-time code for an officer's phone, good for 24 hours
    EnrolCode {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// the officer's number
        #[arg(long)]
        officer: String,
        /// the officer's name
        #[arg(long)]
        name: String,
        /// the address that the phone will use; station.toml's when not given
        #[arg(long)]
        url: Option<String>,
    },
    /// 重读全部日志 / read all journals again; what was set aside is tried again
    Replay {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
    },
    /// 管理手机 / list phones, retire them, report them lost, open what they sealed
    Device {
        #[command(subcommand)]
        command: command::device::DeviceCommand,
    },
    /// 管理签名密钥 / list the keys that receipts are signed with, make a new one
    Key {
        #[command(subcommand)]
        command: command::key::KeyCommand,
    },
    /// 日志文件 / journals in a file
    Log {
        #[command(subcommand)]
        command: command::log::LogCommand,
    },
    /// 备份 / back up a station, also while it is served
    Backup(command::backup::BackupArguments),
    /// 校验备份 / recompute a backup from its bytes
    Verify(command::verify::VerifyArguments),
    /// 恢复 / make a station of a backup, in a new folder and under a new epoch
    Restore(command::restore::RestoreArguments),
    /// 重算日志摘要 / recompute journals from stored bytes
    Digest {
        /// the station's folder
        #[arg(long)]
        data: PathBuf,
        /// only this journal
        #[arg(long)]
        log: Option<LogId>,
    },
}

fn main() -> ExitCode {
    let Arguments { command, language } = Arguments::parse();
    let language = language.unwrap_or_else(|| Language::of_terminal(|name| std::env::var(name).ok()));
    start_log(&command.log());
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("patrol-station: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("patrol-station: {}", failure::text(error.as_ref(), language));
            ExitCode::FAILURE
        }
    }
}

/// How many pieces of work may touch the disk at once. More than this only wait on one disk and on one writer, and each
/// thread brings an arena of the allocator that keeps what it once took: with tokio's 512, fifty phones at once left
/// 30-40 MB behind. Much fewer is no better, for then what was read waits in memory to be written.
const DISK_THREADS: usize = 8;

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(DISK_THREADS)
        .build()
}

impl Command {
    /// How a station's own settings want its log; a station that is not there (yet) has none.
    fn log(&self) -> LogConfig {
        let data = match self {
            Self::Serve { data, .. }
            | Self::EnrolCode { data, .. }
            | Self::Replay { data }
            | Self::Digest { data, .. } => data,
            Self::Init { .. }
            | Self::Device { .. }
            | Self::Key { .. }
            | Self::Log { .. }
            | Self::Backup(_)
            | Self::Verify(_)
            | Self::Restore(_) => return LogConfig::default(),
        };
        let config = Config::load(
            &*Ports::machine().disk,
            &Layout::new(data).config(),
            &opening(data.clone()).settings,
        );
        // What is wrong with the file is said when it is opened.
        config.map(|config| config.log).unwrap_or_default()
    }
}

fn start_log(log: &LogConfig) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.filter));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}

async fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Init {
            data,
            name,
            listen,
            district,
            office,
            plain,
        } => {
            let options = InitOptions {
                data,
                name,
                listen,
                tls: if plain { TlsMode::OffOnLoopback } else { TlsMode::On },
                district,
                street_office: office,
            };
            init(&options, &Ports::machine())?;
        }
        Command::Serve {
            data,
            listen,
            plain,
            insecure_plain_http_everywhere,
        } => {
            let mut options = opening(data);
            options
                .settings
                .extend(listen.map(|listen| said("--listen", "listen", &listen)));
            if plain {
                options.settings.push(said("--plain", "tls.mode", "off-on-loopback"));
            }
            if insecure_plain_http_everywhere {
                let option = "--insecure-plain-http-everywhere";
                options.settings.push(said(option, "tls.mode", "off-insecurely"));
            }
            serve(options).await?;
        }
        Command::EnrolCode {
            data,
            officer,
            name,
            url,
        } => {
            let station = Station::open(opening(data))?;
            let url = url.unwrap_or_else(|| station.config().url());
            println!("{}", station.make_code(Officer { number: officer, name }, &url).await?);
        }
        Command::Replay { data } => {
            let Replayed {
                ops,
                quarantined_before,
                quarantined,
            } = Station::open(opening(data))?.replay().await?;
            println!("ops {ops} quarantined {quarantined_before} -> {quarantined}");
        }
        Command::Device { command } => command::device::run(command).await?,
        Command::Key { command } => command::key::run(command).await?,
        Command::Log { command } => command::log::run(command).await?,
        Command::Backup(arguments) => tokio::task::block_in_place(|| command::backup::run(arguments))?,
        Command::Verify(arguments) => {
            if !tokio::task::block_in_place(|| command::verify::run(arguments))? {
                return Err(CommandError::NotSound.into());
            }
        }
        Command::Restore(arguments) => tokio::task::block_in_place(|| command::restore::run(arguments))?,
        Command::Digest { data, log } => {
            for digest in Station::open(opening(data))?.digest(log).await? {
                print!("{digest}");
            }
        }
    }
    Ok(())
}

/// The machine's clock, and what the environment sets over the file.
pub(crate) fn opening(data: PathBuf) -> StationOptions {
    let mut options = StationOptions::new(data);
    options.settings = std::env::vars()
        .filter_map(|(name, value)| Setting::from_variable(&name, &value))
        .collect();
    options
}

fn said(option: &str, key: &str, value: &str) -> Setting {
    Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        said_by: option.to_owned(),
    }
}

async fn serve(options: StationOptions) -> Result<(), Box<dyn Error>> {
    let station = Station::open(options)?;
    let address = station.config().address()?;
    // Before anything is promised: a signal from here on ends the process in order.
    let shutdown = shutdown()?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| CommandError::Listen {
            address: address.to_string(),
            source,
        })?;
    let prepared = station.claim()?.prepare(listener).await?;
    let mut stdout = std::io::stdout();
    let scheme = station.config().scheme();
    writeln!(stdout, "listening {scheme}://{}", prepared.address())?;
    stdout.flush()?;
    prepared.run(shutdown).await;
    Ok(())
}

#[cfg(unix)]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        // Without a handler the system ends the process, which is safe at any moment.
        let _ = tokio::signal::ctrl_c().await;
    })
}
