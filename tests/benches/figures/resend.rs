//! `resend`: what a line costs that breaks after every megabyte, in bytes sent twice.
//!
//! The true sync sends photos as a camera makes them through a proxy that ends each connection when a million bytes have
//! gone up. Rounds follow one another after a quarter of a second, half of what a phone waits on average after a first
//! failure: a phone that comes back while the station still takes in what the broken connection carried is told an offset
//! that is too low, or that the original is locked, and has sent some hundred kilobytes by then. What is counted is every
//! byte that goes up from the first original on: handshakes, questions and headers included.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use patrol_sync::{HttpTransport, Phase, SyncEvent};
use patrol_testkit::{Fault, FaultProxy};
use tokio::runtime::Runtime;

use crate::caller::{self, Caller};
use crate::photo_rate::record;
use crate::station::{Serving, code, quick_folder};
use crate::watch::{count, sized};
use crate::{Figure, Limit};

const BAR: f64 = 1.05;
const BYTES: usize = 3_000_000;
const CUT_AFTER: u64 = 1_000_000;
/// How long the network is away after each cut.
const AWAY: Duration = Duration::from_millis(250);
/// Each round gets a million bytes further, or two; a hundred times as many mean that it stands still.
const MOST_ROUNDS: u64 = 100_000;

pub(crate) fn measure() -> Figure {
    let photos = sized(100, 4);
    let runtime = Runtime::new().unwrap();
    let folder = quick_folder();
    runtime.block_on(async {
        let serving = Serving::begin(&folder.path().join("station")).await;
        let proxy = Arc::new(FaultProxy::start(serving.address));
        let caller = Caller::begin(&folder.path().join("phone"), 1);
        for seed in 1..=photos {
            record(&caller, seed, BYTES);
        }
        let transport = HttpTransport::new(caller::time());
        caller
            .enrol(&transport, &code(&serving.station, proxy.address()).await)
            .await;
        let before = Arc::new(Mutex::new(None));
        let (begins, breaks) = (Arc::clone(&before), Arc::clone(&proxy));
        caller.listen(move |event| {
            if let SyncEvent::Phase(Phase::Originals) = event {
                begins.lock().unwrap().get_or_insert_with(|| {
                    breaks.set(Fault::CutUpAfter(CUT_AFTER));
                    breaks.bytes_up()
                });
            }
        });
        let mut rounds = 1;
        while let Err(error) = caller.round(&transport).await {
            assert!(rounds < MOST_ROUNDS, "{error}");
            rounds += 1;
            tokio::time::sleep(AWAY).await;
        }
        assert_eq!(caller.store.counts().unwrap().photos_at_station, photos);
        let sent = proxy.bytes_up() - before.lock().unwrap().unwrap();
        let figure = Figure::against(
            "resend",
            &[count(sent) / 1e6],
            &[count(photos) * count(BYTES) / 1e6],
            "MB",
            BAR,
            "bytes that go up over TLS ÷ bytes of the originals, while every connection is cut after 1 MB and 100 photos \
             of 3 MB go up, two in flight",
        )
        .with_limit(Limit {
            name: "cuts",
            value: count(proxy.strikes()),
            unit: "",
            bar: f64::INFINITY,
        });
        drop(transport);
        serving.end().await;
        figure
    })
}
