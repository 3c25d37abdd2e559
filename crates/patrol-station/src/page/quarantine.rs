//! The table of ops that are held but could not be applied: a person looks at them, a later program tries them again.

use maud::{Markup, html};

use super::{Lang, time};
use crate::store::SetAside;

pub(super) fn section(set_aside: &[SetAside], total: u64, lang: Lang) -> Markup {
    html! {
        @if !set_aside.is_empty() {
            section aria-labelledby="quarantine" {
                h2 id="quarantine" { (lang.of("隔离待查", "Quarantined")) }
                table.journals {
                    thead {
                        tr {
                            th { (lang.of("日志", "Log")) }
                            th { (lang.of("第几条", "Entry")) }
                            th { (lang.of("原因", "Reason")) }
                            th { (lang.of("队员", "Officer")) }
                            th { (lang.of("到站时间", "Received")) }
                        }
                    }
                    tbody { @for op in set_aside { (row(op, lang)) } }
                }
                @if (set_aside.len() as u64) < total {
                    p.second { (lang.of("只列最近的 ", "Only the newest ")) (set_aside.len()) (lang.of(" 条。", " are listed.")) }
                }
            }
        }
    }
}

fn row(op: &SetAside, lang: Lang) -> Markup {
    let SetAside {
        log,
        seq,
        code,
        officer,
        received,
    } = op;
    html! {
        tr {
            td.id data-label=(lang.of("日志", "Log")) { (log) }
            td data-label=(lang.of("第几条", "Entry")) { strong.n { (seq.0) } }
            td data-label=(lang.of("原因", "Reason")) { span { (reason(code, lang)) } }
            td data-label=(lang.of("队员", "Officer")) { span.code.clip { (officer) } }
            td data-label=(lang.of("到站时间", "Received")) { (time::station(*received)) }
        }
    }
}

fn reason(code: &str, lang: Lang) -> &str {
    match code {
        "unreadable" => lang.of("读不出", "cannot be read"),
        "unknown_kind" => lang.of("本站点版本不认识", "of a kind that this version does not know"),
        "id_conflict" => lang.of("编号与另一条重复", "another op has its id"),
        "unlawful" => lang.of("内容不成立", "says what cannot be"),
        "depends_on" => lang.of("等待所属记录", "waits for its record"),
        other => other,
    }
}
