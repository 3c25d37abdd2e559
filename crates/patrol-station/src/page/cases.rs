//! The table of cases, newest first.

use maud::{Markup, html};
use patrol_domain::case::CaseState;

use super::{Lang, matter, plate, time};
use crate::store::{CasePhoto, CaseRow, PhotoCondition};

pub(super) fn section(cases: &[CaseRow], total: u64, lang: Lang) -> Markup {
    html! {
        section aria-labelledby="cases" {
            h2 id="cases" { (lang.of("记录", "Records")) }
            @if cases.is_empty() {
                p.empty { (lang.of("还没有记录。手机同步后会出现在这里。", "No records yet. They appear here once a phone has synced.")) }
            } @else {
                (table(cases, lang))
            }
            @if (cases.len() as u64) < total {
                p.second { (lang.of("只列最近的 ", "Only the newest ")) (cases.len()) (lang.of(" 条。", " are listed.")) }
            }
        }
    }
}

fn table(cases: &[CaseRow], lang: Lang) -> Markup {
    html! {
        table.cases {
            thead {
                tr {
                    th { (lang.of("照片", "Photos")) }
                    th { (lang.of("编号", "Number")) }
                    th { (lang.of("状态", "State")) }
                    th { (lang.of("类别", "Kind")) }
                    th { (lang.of("车牌", "Plate")) }
                    th { (lang.of("社区", "Community")) }
                    th { (lang.of("说明", "Note")) }
                    th { (lang.of("手机时间", "Phone time")) }
                    th { (lang.of("到站时间", "Received")) }
                    th { (lang.of("队员", "Officer")) }
                }
            }
            tbody { @for case in cases { (row(case, lang)) } }
        }
    }
}

fn row(case: &CaseRow, lang: Lang) -> Markup {
    let CaseRow {
        case: _,
        number,
        state,
        matter,
        plate: (plate, kind),
        community,
        note,
        steps,
        amendments,
        phone_time,
        received,
        officer,
        photos,
    } = case;
    html! {
        tr.void[*state == CaseState::Voided] {
            td.photos { (pictures(photos, lang)) }
            td data-label=(lang.of("编号", "Number")) { strong.clip { (number) } }
            td data-label=(lang.of("状态", "State")) { div { (standing(*state, *steps, *amendments, lang)) } }
            td data-label=(lang.of("类别", "Kind")) { span { (matter::named(matter, lang)) } }
            td data-label=(lang.of("车牌", "Plate")) { (plate::drawn(plate, kind)) }
            td data-label=(lang.of("社区", "Community")) { span.code.clip { (community) } }
            td.note data-label=(lang.of("说明", "Note")) { (note.as_deref().unwrap_or_default()) }
            td data-label=(lang.of("手机时间", "Phone time")) { (time::phone(*phone_time)) }
            td data-label=(lang.of("到站时间", "Received")) { (time::station(*received)) }
            td data-label=(lang.of("队员", "Officer")) { span.code.clip { (officer) } }
        }
    }
}

/// Where the case stands, and how it came there.
fn standing(state: CaseState, steps: u64, amendments: u64, lang: Lang) -> Markup {
    let (name, word) = match state {
        CaseState::Unopened => ("unopened", lang.of("未立", "not opened")),
        CaseState::Recorded => ("recorded", lang.of("已记录", "recorded")),
        CaseState::Handled => ("handled", lang.of("已处置", "handled")),
        CaseState::Voided => ("voided", lang.of("已作废", "void")),
    };
    html! {
        span class={ "state " (name) } { (word) }
        @if steps > 0 {
            span.second { (lang.of("处置 ", "")) (steps) (lang.of(" 次", if steps == 1 { " step" } else { " steps" })) }
        }
        @if amendments > 0 {
            span.second {
                (lang.of("更正 ", "")) (amendments) (lang.of(" 次", if amendments == 1 { " amendment" } else { " amendments" }))
            }
        }
    }
}

/// The photos; only those that count are counted.
fn pictures(photos: &[CasePhoto], lang: Lang) -> Markup {
    let all = photos.iter().filter(|photo| photo.counts).count();
    let beside = photos.len() - all;
    let here = photos.iter().filter(|photo| photo.counts && photo.stored).count();
    let gone = photos
        .iter()
        .filter(|photo| photo.counts && !photo.stored && photo.condition.is_some())
        .count();
    html! {
        @if photos.is_empty() {
            span.second { (lang.of("没有照片", "no photo")) }
        } @else {
            div.strip { @for photo in photos { (picture(photo, lang)) } }
            span.progress.whole[here == all] {
                (lang.of("照片 ", "photos ")) (here) "/" (all) " "
                @if here == all {
                    (lang.of("已到站", "at the station"))
                } @else if here + gone < all {
                    (lang.of("在手机", "on the phone"))
                }
                @if beside > 0 { span.second { (lang.of(" 旁证 ", " beside ")) (beside) } }
                @if gone > 0 { span.gone { (lang.of(" 缺 ", " gone ")) (gone) } }
            }
        }
    }
}

fn picture(photo: &CasePhoto, lang: Lang) -> Markup {
    let CasePhoto {
        sha256,
        stored,
        thumb,
        condition,
        counts,
    } = photo;
    let state = match (stored, condition) {
        (true, _) => lang.of("原图已到站", "original at the station"),
        (false, None) => lang.of("原图还在手机上", "original still on the phone"),
        (false, Some(PhotoCondition::Damaged)) => lang.of("原图在手机上已损坏", "original damaged on the phone"),
        (false, Some(PhotoCondition::Lost)) => lang.of("原图在手机上已丢失", "original lost from the phone"),
    };
    let beside = if *counts {
        ""
    } else {
        lang.of("（旁证）", " (beside the case)")
    };
    let title = format!("{state}{beside} {}", sha256.short());
    html! {
        @if *thumb {
            img src={ "/thumbs/" (sha256) } alt=(title) title=(title) loading="lazy";
        } @else {
            span.blank role="img" aria-label=(title) title=(title) {}
        }
    }
}
