//! `photo_rate`: originals from the phone's vault to a verified, signed place at the station ÷ rsync of the same files.
//!
//! Ours is the true sync over TLS, two originals in flight, from the first original to the last stored receipt: decrypt,
//! send, part file, sync, read back and verify, rename, sync of folders, row, receipt, receipt stored on the phone. The
//! floor is `rsync --fsync` through a daemon on loopback: the files, each synced, without TLS, check or receipt. Ops and
//! thumbnails are there before the watch starts.

use std::path::Path;
use std::sync::{Arc, Mutex};

use patrol_sync::{HttpTransport, Phase, SyncEvent};
use patrol_testkit::op;
use tokio::runtime::Runtime;

use crate::caller::{self, Caller};
use crate::station::Serving;
use crate::watch::{Stopwatch, millis, sized};
use crate::{Figure, phone, rsync};

const BAR: f64 = 1.5;
const BYTES: usize = 300_000;

pub(crate) fn measure() -> Figure {
    let (photos, runs) = (sized(200, 10), sized(5, 1));
    let runtime = Runtime::new().unwrap();
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let seeds = run * photos + 1..=(run + 1) * photos;
        ours.push(runtime.block_on(by_us(seeds.clone())));
        floors.push(by_rsync(seeds));
    }
    Figure::against(
        "photo_rate",
        &ours,
        &floors,
        "ms",
        BAR,
        "200 photos of 300 KB from the vault over TLS, two in flight, until each is durable, verified and signed for and \
         the phone has stored the receipt ÷ `rsync --fsync` of the same files through rsyncd on loopback",
    )
}

async fn by_us(seeds: impl Iterator<Item = u64>) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let caller = Caller::begin(&folder.path().join("phone"), 1);
    let mut photos = 0;
    for seed in seeds {
        record(&caller, seed, BYTES);
        photos += 1;
    }
    let serving = Serving::begin(&folder.path().join("station")).await;
    let transport = HttpTransport::new(caller::time());
    caller.enrol(&transport, &serving.code().await).await;
    let begun = Arc::new(Mutex::new(None));
    let begins = Arc::clone(&begun);
    caller.listen(move |event| {
        if let SyncEvent::Phase(Phase::Originals) = event {
            begins.lock().unwrap().get_or_insert_with(Stopwatch::start);
        }
    });
    caller.round(&transport).await.unwrap();
    let took = begun.lock().unwrap().expect("originals were sent").millis();
    assert_eq!(caller.store.counts().unwrap().photos_at_station, photos);
    drop(transport);
    serving.end().await;
    took
}

/// A case with one photo of `bytes` bytes.
pub(crate) fn record(caller: &Caller, seed: u64, bytes: usize) {
    let original = op::original(seed, bytes);
    phone::add_photo(&caller.store, seed, &original);
    phone::save(&caller.store, &op::case_opened(seed, &[op::photo_ref(&original)], None));
}

fn by_rsync(seeds: impl Iterator<Item = u64>) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let (from, into) = (folder.path().join("from"), folder.path().join("into"));
    for folder in [&from, &into] {
        std::fs::create_dir(folder).unwrap();
    }
    for seed in seeds {
        write(&from.join(format!("{seed}.jpg")), &op::original(seed, BYTES));
    }
    let daemon = rsync::Daemon::serve(folder.path(), &into);
    let took = millis(|| daemon.bring(&from));
    assert_eq!(
        std::fs::read_dir(into).unwrap().count(),
        std::fs::read_dir(from).unwrap().count()
    );
    took
}

/// Durable, as the phone's vault is: what is measured must not wait for what was written before.
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    std::fs::File::open(path).unwrap().sync_all().unwrap();
}
