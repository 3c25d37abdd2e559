//! What a command says when it comes to nothing, in both languages: the one place.
//!
//! English stands with each error, for logs as well. The Chinese here is for the keeper of a squad's station; it is matched
//! exhaustively, so that an error without it does not compile. What the system or a parser says is left in its own words.

use std::error::Error;
use std::path::PathBuf;

use clap::ValueEnum;
use patrol_sqlite::DatabaseError;
use patrol_station::{
    BackupError, ImportError, KeyError, MarkerError, RandomnessError, RecoveryError, StationError, StoreError,
    TlsError, station_text,
};

/// What a command speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl Language {
    /// As the terminal is set: by the first of LC_ALL, LC_MESSAGES and LANG that is not empty.
    pub(crate) fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let set = names
            .iter()
            .filter_map(|name| variable(name))
            .find(|value| !value.is_empty());
        if set.is_some_and(|value| value.starts_with("zh")) {
            Self::Zh
        } else {
            Self::En
        }
    }
}

/// What only the commands find out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A verified backup has faults; they were printed.
    #[error("the backup is not sound")]
    NotSound,
    /// Some of an import's journals were not taken; they were printed.
    #[error("{0} journals were refused")]
    JournalsRefused(usize),
    /// A file that was named on the command line.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No recovery key.
    #[error("{path} does not hold 64 hexadecimal digits")]
    NoKey {
        /// What was named.
        path: PathBuf,
    },
    /// The address is taken, or not this machine's.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// An error and what caused it, in one line. Some errors name their cause themselves; it is not said twice.
pub(crate) fn text(error: &(dyn Error + 'static), language: Language) -> String {
    let say = |error: &(dyn Error + 'static)| match language {
        Language::Zh => chinese(error).unwrap_or_else(|| error.to_string()),
        Language::En => error.to_string(),
    };
    let mut text = say(error);
    let mut last = text.clone();
    let mut next = error.source();
    while let Some(cause) = next {
        let word = say(cause);
        // SQLite's own error is its message again, behind a number.
        if !text.contains(&word) && !word.ends_with(&last) {
            text.push_str(match language {
                Language::Zh => "：",
                Language::En => ": ",
            });
            text.push_str(&word);
        }
        last = word;
        next = cause.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One layer of an error; nothing for those of the system.
fn chinese(error: &(dyn Error + 'static)) -> Option<String> {
    let station = error.downcast_ref().map(of_station);
    let boxed = || error.downcast_ref::<Box<StationError>>().map(|error| of_station(error));
    station
        .or_else(boxed)
        .or_else(|| error.downcast_ref().map(of_command))
        .or_else(|| error.downcast_ref().map(of_backup))
        .or_else(|| error.downcast_ref().map(of_import))
        .or_else(|| error.downcast_ref().map(of_tls))
        .or_else(|| error.downcast_ref().map(of_store))
        .or_else(|| error.downcast_ref().map(of_marker))
        .or_else(|| error.downcast_ref().map(of_recovery))
        .or_else(|| error.downcast_ref().map(of_key))
        .or_else(|| error.downcast_ref().map(of_database))
        .or_else(|| error.downcast_ref().map(of_randomness))
}

fn of_command(error: &CommandError) -> String {
    match error {
        CommandError::NotSound => "备份有损坏".to_owned(),
        CommandError::JournalsRefused(count) => format!("有 {count} 个日志未被接收"),
        CommandError::File { path, source } => format!("{}：{source}", path.display()),
        CommandError::NoKey { path } => format!("{} 里不是 64 位十六进制数字", path.display()),
        CommandError::Listen { address, source } => format!("无法监听 {address}：{source}"),
    }
}

fn of_station(error: &StationError) -> String {
    match error {
        StationError::Exists { path } => {
            format!("{} 已存在：这个文件夹里已有站点，init 从不覆盖", path.display())
        }
        StationError::NotInitialised { path } => {
            format!("{} 不存在：请先用 `patrol-station init` 建立站点", path.display())
        }
        StationError::Restoring { path } => {
            format!(
                "{}：这里的恢复中断过，请再次运行同一条 `patrol-station restore` 命令",
                path.display()
            )
        }
        StationError::Config { path, line, reason } => {
            format!("{} 第 {line} 行无法识别：{reason}", path.display())
        }
        StationError::Setting { said_by, reason } => format!("{said_by} 无法识别：{reason}"),
        StationError::EmptyWord { what } => format!("{}为空", word(what)),
        StationError::LongWord { what, long, most } => format!("{}有 {long} 个字，最多 {most} 个", word(what)),
        StationError::ControlCharacter { what } => format!("{}里有换行或其他控制字符", word(what)),
        StationError::Url { text } => {
            format!("{text:?} 不是手机能用的地址：请写成 https://192.0.2.7:8620，不带路径，端口不能为 0")
        }
        StationError::File { path, source } => format!("{}：{source}", path.display()),
        StationError::Unencrypted { address } => {
            format!("{address} 可从其他机器访问，而明文 HTTP 不加密：请启用 TLS，或监听 127.0.0.1")
        }
        StationError::Address { text } => format!("{text} 不是带端口的地址，应如 127.0.0.1:8620"),
        StationError::Served => "另一个进程正在运行这个站点".to_owned(),
        StationError::Importing => "另一个导入正在这个文件夹里进行".to_owned(),
        StationError::Metrics { listen, source } => format!("无法监听 [metrics] listen = {listen:?}：{source}"),
        StationError::Network(source) => format!("无法提供服务：{source}"),
        StationError::Recovery(error) => of_recovery(error),
        StationError::Key(error) => of_key(error),
        StationError::Tls(error) => of_tls(error),
        StationError::Database(error) => of_database(error),
        StationError::Randomness(error) => of_randomness(error),
        StationError::Store(error) => of_store(error),
    }
}

/// What a word is the name of.
fn word(what: &str) -> String {
    match what {
        "the station's name" => "站点名称".to_owned(),
        "the officer's number" => "人员编号".to_owned(),
        "the officer's name" => "人员姓名".to_owned(),
        other => other.to_owned(),
    }
}

fn of_tls(error: &TlsError) -> String {
    match error {
        TlsError::File { path, source } => format!("{}：{source}", path.display()),
        TlsError::Pem { path, reason } => format!("{} 不是所需的 PEM 文件：{reason}", path.display()),
        TlsError::Make(_) => "无法生成证书".to_owned(),
        TlsError::Unusable { path, source } => format!("证书 {} 不能用：{source}", path.display()),
        TlsError::ClockBehind { clock } => {
            let clock = station_text(*clock);
            format!("本机时钟显示 {clock}，不可能是现在：请校准时间后再启动")
        }
        TlsError::Ended { path, clock } => {
            let (path, clock) = (path.display(), station_text(*clock));
            format!("本机时钟显示 {clock}，那时证书 {path} 已到期：时钟不对就校准；时钟没错就换上新证书")
        }
        TlsError::Name { name } => {
            format!("{name:?} 既不是主机名也不是地址：请改正 [tls] names、listen 或 public_url")
        }
        TlsError::NotNamed { name } => {
            format!("证书上没有 {name}：请加入 station.toml 的 [tls] names，再重新启动站点")
        }
        TlsError::Incomplete => "[tls] 的 certificate、key、authority 须三项都填或都不填".to_owned(),
        TlsError::NoAuthority => "本站不使用 TLS：请把 https 地址背后的证书颁发者填入 [tls] authority".to_owned(),
    }
}

fn of_key(error: &KeyError) -> String {
    match error {
        KeyError::File(_) => "密钥文件无法读写".to_owned(),
        KeyError::Form => "密钥文件里不是 P-256 密钥的 64 位十六进制数字".to_owned(),
        KeyError::Randomness(error) => of_randomness(error),
    }
}

fn of_recovery(error: &RecoveryError) -> String {
    match error {
        RecoveryError::Key(error) => of_key(error),
        RecoveryError::Form => "手机封存的内容格式不对".to_owned(),
        RecoveryError::OtherKey { wanted, found } => {
            format!("手机封存时用的是恢复密钥 {wanted}，给出的是 {found}")
        }
        RecoveryError::Sealed => "打不开手机封存的内容：被改动过，或属于另一部手机".to_owned(),
    }
}

fn of_marker(error: &MarkerError) -> String {
    match error {
        MarkerError::File { path, source } => format!("{}：{source}", path.display()),
        MarkerError::Form { path } => {
            format!(
                "{} 不是纪元标记；若已损坏，请移到别处，站点会按数据库重做",
                path.display()
            )
        }
        MarkerError::OtherStation { path, found } => {
            format!("{} 是站点 {found} 的纪元标记，不属于本站", path.display())
        }
    }
}

fn of_randomness(RandomnessError: &RandomnessError) -> String {
    "系统给不出随机数".to_owned()
}

fn of_database(error: &DatabaseError) -> String {
    match error {
        DatabaseError::DiskFull => "磁盘已满".to_owned(),
        DatabaseError::Damaged => "数据库无法读取：已损坏，或用错了密钥；文件保持原样".to_owned(),
        DatabaseError::Newer { found, known } => {
            format!("数据库版本为 {found}，本程序只认到 {known}：请安装新版程序")
        }
        DatabaseError::Older { found, known } => {
            format!("数据库版本为 {found}，本程序写 {known}：先启动一次程序，它会更新文件")
        }
        DatabaseError::MigrationChanged { number } => format!("文件的第 {number} 步升级与本程序带的不一致"),
        DatabaseError::Busy => "另一个程序正在使用数据库".to_owned(),
        DatabaseError::NoWriteAheadLog => "这里的文件系统不支持预写日志，无法保证写入可靠".to_owned(),
        DatabaseError::Disk(_) => "磁盘无法读取".to_owned(),
        DatabaseError::Sqlite(_) => "数据库出错".to_owned(),
    }
}

fn of_store(error: &StoreError) -> String {
    match error {
        StoreError::NotFound => "没有找到".to_owned(),
        StoreError::Unauthorised => "未获准许".to_owned(),
        StoreError::Malformed(what) => format!("内容不合规定：{what}"),
        StoreError::Gap { head } => format!("日志在本站只到第 {} 条", head.seq.0),
        StoreError::Forked { .. } => "同一位置上已有另一条记录".to_owned(),
        StoreError::Retired => "这部手机已停用".to_owned(),
        StoreError::CursorGone => "不认识这个游标".to_owned(),
        StoreError::OffsetMismatch { held } => format!("上传停在第 {held} 字节"),
        StoreError::TooLarge => "字节数多于声明".to_owned(),
        StoreError::HashMismatch => "内容与哈希不符".to_owned(),
        StoreError::Locked => "另一个请求正在处理这张原图".to_owned(),
        StoreError::CodeUnknown => "登记码无效，或已失效".to_owned(),
        StoreError::Body(_) => "传输中断".to_owned(),
        StoreError::DiskFull => "磁盘已满".to_owned(),
        StoreError::Busy => "数据库正忙：另一个进程占用过久，请稍后再试".to_owned(),
        StoreError::Database(_) => "数据库出错".to_owned(),
        StoreError::File(_) => "文件出错".to_owned(),
        StoreError::Stored(what) => format!("存储的内容无法读取：{what}"),
        StoreError::Signature(_) => "无法签名".to_owned(),
        StoreError::Marker(error) => of_marker(error),
        StoreError::Key(error) => of_key(error),
        StoreError::Randomness(error) => of_randomness(error),
        StoreError::Stopped => "工作被中止".to_owned(),
    }
}

fn of_backup(error: &BackupError) -> String {
    match error {
        BackupError::None { folder } => format!("{} 里没有完整的备份", folder.display()),
        BackupError::Manifest { path, why } => format!("备份清单 {} 不能用：{why}", path.display()),
        BackupError::Locked { folder } => format!("另一个进程正在 {} 里备份", folder.display()),
        BackupError::NotEmpty { path } => format!("{} 不是空的：只能恢复到新文件夹", path.display()),
        BackupError::Damaged { path } => {
            format!("备份里的 {path} 已损坏或缺失：请运行 `patrol-station verify` 查看")
        }
        BackupError::NoMarker { path } => format!("{} 处没有纪元标记", path.display()),
        BackupError::File { path, source } => format!("{}：{source}", path.display()),
        BackupError::Database(error) => of_database(error),
        BackupError::Store(error) => of_store(error),
        BackupError::Marker(error) => of_marker(error),
        BackupError::Station(error) => of_station(error),
        BackupError::Signature(_) => "无法签名".to_owned(),
        BackupError::Randomness(error) => of_randomness(error),
    }
}

fn of_import(error: &ImportError) -> String {
    match error {
        ImportError::Station(error) => of_station(error),
        ImportError::File { path, source } => format!("{}：{source}", path.display()),
        ImportError::Unreadable(error) => format!("导出文件无法读取：{error}"),
        ImportError::NoRecoveryKey => "导出文件已封存，而没有给出恢复密钥".to_owned(),
        ImportError::Sealed(error) => format!("封存的导出文件打不开：{error}"),
        ImportError::Tampered(failures) => {
            let failures: Vec<String> = failures.iter().map(ToString::to_string).collect();
            format!("导出文件与写出时不同，什么都没有接收：{}", failures.join("; "))
        }
        ImportError::Container(error) => format!("导出文件在读取时变了：{error}"),
        ImportError::Store(error) => of_store(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{word}")]
    struct Layer {
        word: &'static str,
        source: Option<Box<Layer>>,
    }

    #[test]
    fn causes_stand_in_one_line_and_none_is_said_twice() {
        let words = [
            "the database failed",
            "database error",
            "attempt to write\na readonly database",
            "Error code 8: attempt to write\na readonly database",
        ];
        let chain = words
            .into_iter()
            .rev()
            .fold(None, |source, word| Some(Box::new(Layer { word, source })));
        let text = chain.map(|error| text(error.as_ref(), Language::En));
        assert_eq!(
            text.as_deref(),
            Some("the database failed: database error: attempt to write a readonly database")
        );
    }

    fn is_chinese(character: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&character)
    }

    /// Through every way by which one error stands inside another, and a system's word at the end.
    #[test]
    fn every_layer_is_said_in_chinese_and_the_systems_word_is_kept() {
        let refused = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let path = || PathBuf::from("/srv/x");
        let file = StationError::File {
            path: path(),
            source: refused(),
        };
        let errors: [(Box<dyn Error>, &str); 8] = [
            (Box::new(StationError::Served), "另一个进程"),
            (
                Box::new(StationError::Key(KeyError::File(refused()))),
                "密钥文件无法读写：permission denied",
            ),
            (
                Box::new(StationError::Store(StoreError::Database(
                    DatabaseError::Disk(refused()),
                ))),
                "数据库出错：磁盘无法读取：permission denied",
            ),
            (
                Box::new(BackupError::Station(Box::new(StationError::Served))),
                "另一个进程",
            ),
            (Box::new(ImportError::Station(StationError::Importing)), "另一个导入"),
            (Box::new(ImportError::Store(StoreError::Busy)), "数据库正忙"),
            (Box::new(CommandError::JournalsRefused(2)), "有 2 个日志"),
            (
                Box::new(StationError::EmptyWord {
                    what: "the officer's name",
                }),
                "人员姓名为空",
            ),
        ];
        for (error, expected) in errors {
            let said = text(error.as_ref(), Language::Zh);
            assert!(said.starts_with(expected), "{said}");
            assert!(!text(error.as_ref(), Language::En).chars().any(is_chinese));
        }
        assert_eq!(text(&file, Language::Zh), "/srv/x：permission denied");
    }

    #[test]
    fn the_terminal_says_which_language() {
        let of = |set: &[(&str, &str)]| {
            Language::of_terminal(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Language::En);
        assert_eq!(of(&[]), Language::En);
    }
}
