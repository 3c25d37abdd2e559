//! `storm`: the end of the shift, when a hundred phones find the network at the same moment. Nobody must wait for ever.
//!
//! A hundred phones bring 60 cases each, two or three photos of 100 KB to a case, to the shipped program in a process of
//! its own on the disk. They are light ones ([`light`](crate::light)): the product's transport, TLS, two originals in
//! flight, and the wait that the station asks for. What counts is how much longer the last phone took than the middle
//! one. Thumbnails are left out.

use patrol_domain::PhotoRef;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::load::{self, Phone};
use crate::station::{self, Program, quick_folder};
use crate::watch::{Stopwatch, median, sized};
use crate::{Figure, Limit};

const BAR: f64 = 3.0;
const BYTES: usize = 100_000;

pub(crate) fn measure() -> Figure {
    let (phones, cases) = (sized(100, 6), sized(60, 4));
    let runtime = Runtime::new().unwrap();
    let originals = quick_folder();
    let vault = load::vault(originals.path());
    // Two and three in turn: 2.5 on average.
    let photos_of = |phone: u64, case: u64| -> Vec<PhotoRef> {
        let first = (phone * cases + case) * 3;
        (0..2 + case % 2)
            .map(|position| load::put(&vault, first + position, BYTES))
            .collect()
    };
    let bundles: Vec<Vec<Vec<PhotoRef>>> = (0..phones)
        .map(|phone| (0..cases).map(|case| photos_of(phone, case)).collect())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    let mut took = runtime.block_on(async {
        drop(station::make(&data));
        let program = Program::serve(&data).await;
        let codes = load::codes(&data, program.address, bundles.len()).await;
        let mut ready = Vec::new();
        for ((code, cases), number) in codes.iter().zip(&bundles).zip(1..) {
            ready.push(Phone::enrolled(code, number, cases).await);
        }
        let mut running = JoinSet::new();
        let watch = Stopwatch::start();
        for mut phone in ready {
            let vault = vault.clone();
            running.spawn(async move {
                phone.bring(&vault).await;
                watch.millis()
            });
        }
        running.join_all().await
    });
    let worst = took.iter().copied().fold(0.0, f64::max);
    let middle = median(&mut took);
    Figure::against(
        "storm",
        &[worst / 1000.0],
        &[middle / 1000.0],
        "s",
        BAR,
        "the last of 100 phones that bring 60 cases with 2.5 photos of 100 KB each, all at once, over TLS to a station on \
         the disk ÷ the middle one; light clients over the product's transport",
    )
    .with_limit(Limit {
        name: "first",
        value: took.iter().copied().fold(f64::MAX, f64::min) / 1000.0,
        unit: "s",
        bar: f64::INFINITY,
    })
}
