//! `station_memory`: a station's memory must hang on how much it takes in at once, and not on how many phones there are.
//!
//! The shipped program in a process of its own takes in 100 MB from each of 10 phones, and, another one, from each of
//! 50, all at once and two originals at a time each. Its anonymous memory is read twenty times a second; what counts is
//! the highest. All phones bring the same 34 originals, so that five gigabytes pass and a hundred megabytes stay: what
//! a request takes is the same. The folder lies where a sync costs nothing, so that as much as possible is under way.

use std::path::Path;
use std::time::Duration;

use patrol_domain::PhotoRef;
use patrol_store::Vault;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::load::{self, Phone};
use crate::station::{self, Program, quick_folder};
use crate::watch::{count, sized};
use crate::{Figure, Limit};

const GROWTH_BAR_MB: f64 = 10.0;
const PEAK_BAR_MB: f64 = 150.0;
const BYTES: usize = 3_000_000;

pub(crate) fn measure() -> Figure {
    let runtime = Runtime::new().unwrap();
    let folder = quick_folder();
    let vault = load::vault(&folder.path().join("vault"));
    let photos: Vec<PhotoRef> = (0..sized(34, 2)).map(|seed| load::put(&vault, seed, BYTES)).collect();
    let few = runtime.block_on(peak(&folder.path().join("few"), sized(10, 2), &vault, &photos));
    let many = runtime.block_on(peak(&folder.path().join("many"), sized(50, 4), &vault, &photos));
    Figure::absolute(
        "station_memory",
        &[(many - few).max(0.0)],
        "MB",
        GROWTH_BAR_MB,
        "highest anonymous memory (RssAnon) of a station's process while 50 phones bring 100 MB each over TLS, less the \
         same with 10; the same 34 originals from all of them",
    )
    .with_limit(Limit {
        name: "highest",
        value: many,
        unit: "MB",
        bar: PEAK_BAR_MB,
    })
}

/// The highest anonymous memory while so many phones bring all these photos, in MB.
async fn peak(data: &Path, phones: usize, vault: &Vault, photos: &[PhotoRef]) -> f64 {
    drop(station::make(data));
    let program = Program::serve(data).await;
    let codes = load::codes(data, program.address, phones).await;
    let cases: Vec<Vec<PhotoRef>> = photos.chunks(2).map(<[_]>::to_vec).collect();
    let mut running = JoinSet::new();
    for (code, number) in codes.iter().zip(1..) {
        let mut phone = Phone::enrolled(code, number, &cases).await;
        let vault = vault.clone();
        running.spawn(async move { phone.bring(&vault).await });
    }
    let mut highest = program.anonymous();
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    while !running.is_empty() {
        tokio::select! {
            Some(done) = running.join_next() => done.unwrap(),
            _ = ticks.tick() => highest = highest.max(program.anonymous()),
        }
    }
    count(highest) / 1e6
}
