//! Two digests of one journal, the phone's and the station's: the same to the letter, or what differs.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

/// The first line of a digest: `log <uuid> <seq> <head>`.
#[derive(Debug, PartialEq)]
pub(super) struct Head {
    /// The journal's id.
    pub(super) log: String,
    /// How many ops it has: `seq` is dense from 1.
    pub(super) ops: u64,
}

impl Head {
    /// Reads it; an error when the digest does not begin so.
    pub(super) fn read(digest: &str) -> Result<Self> {
        let first = digest.lines().next().unwrap_or_default();
        let mut words = first.split_whitespace();
        let (Some("log"), Some(log), Some(seq)) = (words.next(), words.next(), words.next()) else {
            anyhow::bail!("the phone's digest begins with `{first}` and not with `log <uuid> <seq> <head>`");
        };
        let ops = seq
            .parse()
            .with_context(|| format!("the phone's digest has `{seq}` for a length"))?;
        Ok(Self {
            log: log.to_owned(),
            ops,
        })
    }
}

/// Its lines that speak of photos.
pub(super) fn count_photos(digest: &str) -> usize {
    digest.lines().filter(|line| line.starts_with("photo")).count()
}

/// What is only on the phone (`- …`) or only at the station (`+ …`); nothing exactly when the texts are equal.
pub(super) fn differences(phone: &str, station: &str) -> Vec<String> {
    if phone == station {
        return Vec::new();
    }
    let mut surplus: BTreeMap<&str, i64> = BTreeMap::new();
    for line in station.lines() {
        *surplus.entry(line).or_default() += 1;
    }
    let mut lines = Vec::new();
    for line in phone.lines() {
        let count = surplus.entry(line).or_default();
        if *count > 0 {
            *count -= 1;
        } else {
            lines.push(format!("- {line}"));
        }
    }
    for line in station.lines() {
        let count = surplus.entry(line).or_default();
        if *count > 0 {
            *count -= 1;
            lines.push(format!("+ {line}"));
        }
    }
    if lines.is_empty() {
        lines.push("the same lines, but in another order or with other line ends".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "log 0190-a 3 ffee\nop 1 aa\nop 2 bb\nphoto cc 120\n";

    #[test]
    fn a_digest_begins_with_its_log() {
        assert_eq!(
            Head::read(PHONE).unwrap(),
            Head {
                log: "0190-a".to_owned(),
                ops: 3
            }
        );
        assert!(Head::read("").is_err());
        assert!(Head::read("log 0190-a three ffee").is_err());
        assert_eq!(count_photos(PHONE), 1);
    }

    #[test]
    fn equal_texts_have_no_differences() {
        assert!(differences(PHONE, PHONE).is_empty());
    }

    #[test]
    fn a_lost_op_and_a_foreign_photo_are_seen() {
        let station = "log 0190-a 3 ffee\nop 1 aa\nphoto cc 120\nphoto dd 5\n";
        assert_eq!(differences(PHONE, station), ["- op 2 bb", "+ photo dd 5"]);
    }

    #[test]
    fn another_order_is_a_difference() {
        assert_eq!(differences("a\nb\n", "b\na\n").len(), 1);
        assert_eq!(differences("a\n", "a").len(), 1);
        assert_eq!(differences("a\n", "a\na\n"), ["+ a"]);
    }
}
