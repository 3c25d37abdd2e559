//! The table of journals: how far each phone's is held, and what still waits on the phone.

use maud::{Markup, html};

use super::{Lang, time};
use crate::store::JournalRow;

pub(super) fn section(journals: &[JournalRow], lang: Lang) -> Markup {
    html! {
        section aria-labelledby="journals" {
            h2 id="journals" { (lang.of("手机日志", "Logs")) }
            @if journals.is_empty() {
                p.empty { (lang.of("还没有手机同步过。", "No phone has synced yet.")) }
            } @else {
                table.journals {
                    thead {
                        tr {
                            th { (lang.of("日志", "Log")) }
                            th { (lang.of("手机", "Phone")) }
                            th { (lang.of("队员", "Officer")) }
                            th { (lang.of("收到第几条", "Held up to")) }
                            th { (lang.of("校验码", "Check code")) }
                            th { (lang.of("最近联系", "Last contact")) }
                            th { (lang.of("手机上还有", "Waiting on the phone")) }
                        }
                    }
                    tbody { @for journal in journals { (row(journal, lang)) } }
                }
            }
        }
    }
}

fn row(journal: &JournalRow, lang: Lang) -> Markup {
    let JournalRow {
        log,
        device,
        officer,
        acked,
        head_hash,
        contact,
        local,
        waiting_photos,
        waiting_bytes,
    } = journal;
    html! {
        tr {
            td.id data-label=(lang.of("日志", "Log")) { (log) }
            td.id data-label=(lang.of("手机", "Phone")) { (device) }
            td data-label=(lang.of("队员", "Officer")) { span.code.clip { (officer) } }
            td data-label=(lang.of("收到第几条", "Held up to")) { strong.n { (acked.0) } }
            td data-label=(lang.of("校验码", "Check code")) { span.code.clip { (head_hash.short()) } }
            td data-label=(lang.of("最近联系", "Last contact")) { (time::station(*contact)) }
            td data-label=(lang.of("手机上还有", "Waiting on the phone")) {
                (waiting(local.0.saturating_sub(acked.0), *waiting_photos, *waiting_bytes, lang))
            }
        }
    }
}

fn waiting(ops: u64, photos: u64, bytes: u64, lang: Lang) -> Markup {
    html! {
        @if ops == 0 && photos == 0 {
            span.second { (lang.of("没有", "nothing")) }
        } @else {
            div.wait {
                @if ops > 0 { span.n { (ops) (lang.of(" 条日志", if ops == 1 { " entry" } else { " entries" })) } }
                @if photos > 0 {
                    span.n { (photos) (lang.of(" 张原图", if photos == 1 { " original" } else { " originals" })) }
                    span.n { (size(bytes)) }
                }
            }
        }
    }
}

/// Powers of ten, as phones and disks are sold.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_one_digit_behind_the_point() {
        let sizes = [0, 999, 1_000, 329_832, 9_876_543, u64::MAX].map(size);
        assert_eq!(
            sizes,
            ["0 B", "999 B", "1.0 kB", "329.8 kB", "9.8 MB", "18446744073.7 GB"]
        );
    }
}
