//! The station's page: what has arrived, read only, one sheet of plain HTML.
//!
//! Drawn like the rest of the product: paper ground, ruled lines, no shadows, colour only for a state and with its
//! word. Tables turn into blocks on a narrow screen. Everything that a phone sent is escaped by maud.

mod cases;
mod journals;
mod matter;
mod plate;
mod quarantine;
mod time;

pub use time::station_text;

use maud::{DOCTYPE, Markup, html};
use patrol_domain::StationMs;

use crate::config::{Config, Place};
use crate::store::{Counts, Overview};

/// The stylesheet.
pub(crate) const STYLE: &str = include_str!("page/style.css");

/// The page's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    /// Chinese, as used on the mainland.
    Zh,
    /// English.
    En,
}

impl Lang {
    fn of(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// Draws the page.
pub(crate) fn render(config: &Config, overview: &Overview, now: StationMs, lang: Lang) -> Markup {
    let Overview {
        counts,
        cases,
        journals,
        set_aside,
    } = overview;
    html! {
        (DOCTYPE)
        html lang=(lang.of("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (config.name) " · " (lang.of("巡格站点", "Xunge station")) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                (heading(config, now, lang))
                main {
                    (totals(*counts, lang))
                    (cases::section(cases, counts.cases, lang))
                    (journals::section(journals, lang))
                    (quarantine::section(set_aside, counts.quarantined, lang))
                }
            }
        }
    }
}

fn heading(config: &Config, now: StationMs, lang: Lang) -> Markup {
    html! {
        header {
            div {
                h1 { (config.name) }
                p.second {
                    (place(&config.district)) (place(&config.street_office))
                    span.n { (lang.of("截至 ", "as of ")) (time::station(now)) }
                }
            }
            nav {
                @match lang {
                    Lang::Zh => { a href="/?lang=en" lang="en" { "English" } }
                    Lang::En => { a href="/" lang="zh-CN" { "中文" } }
                }
            }
        }
    }
}

fn place(place: &Place) -> Markup {
    let Place { code, name } = place;
    html! {
        @if !name.is_empty() || !code.is_empty() {
            span.n { (name) @if !code.is_empty() { " " span.code { (code) } } }
        }
    }
}

fn totals(counts: Counts, lang: Lang) -> Markup {
    let Counts {
        cases,
        open,
        voided,
        photos,
        ops,
        devices,
        quarantined,
    } = counts;
    let cells = [
        (cases, lang.of("记录", "records")),
        (open, lang.of("未处置", "open")),
        (voided, lang.of("已作废", "void")),
        (photos, lang.of("原图", "originals")),
        (ops, lang.of("日志条数", "log entries")),
        (devices, lang.of("手机", "phones")),
        (quarantined, lang.of("隔离待查", "quarantined")),
    ];
    html! {
        section.totals aria-label=(lang.of("总数", "Totals")) {
            @for (count, word) in cells {
                div { strong.figure { (count) } span.second { (word) } }
            }
        }
    }
}
