//! `cold_start`: from the start of the program until a case can be begun, against an empty window of Tauri's.
//!
//! Both are the shipped kind of program, started by a driver of their own, taking turns; each says in its own page when
//! what it shows was painted. Cold is the process: the files are in the machine's memory for both alike.

use fantoccini::Locator;
use tokio::runtime::Runtime;

use crate::Figure;
use crate::driven::{Display, Driven};
use crate::station::program;
use crate::watch::sized;

const BAR: f64 = 1.3;
const RUNS: usize = 15;

pub(crate) fn measure() -> Figure {
    let folder = tempfile::tempdir().unwrap();
    let display = Display::open();
    let (officer, empty) = (program("xunge"), program("examples/empty_window"));
    let (own, bare) = (folder.path().join("officer"), folder.path().join("empty"));
    Runtime::new().unwrap().block_on(async {
        // A phone out of its box has another first screen, and makes its database.
        let new = Driven::start(&officer, &own, &display).await;
        let begin = Locator::Css("[data-testid='enrol-leave']");
        new.client.wait().for_element(begin).await.unwrap().click().await.unwrap();
        new.ready_ms().await;
        new.close().await;
        let (mut ours, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..sized(RUNS, 1) {
            for (binary, data, times) in [(&empty, &bare, &mut floors), (&officer, &own, &mut ours)] {
                let window = Driven::start(binary, data, &display).await;
                times.push(window.ready_ms().await);
                window.close().await;
            }
        }
        Figure::against(
            "cold_start",
            &ours,
            &floors,
            "ms",
            BAR,
            "start of the process until the kinds are painted and take a tap ÷ start of an empty Tauri window until it is painted",
        )
    })
}
