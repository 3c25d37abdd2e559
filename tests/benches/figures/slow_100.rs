//! `slow_100`: a day without a network, then a bad one: a hundred cases, 300 ms from here to the station and back.
//!
//! The phone has no connection yet. The proxy lets everything that the phone says set out 300 ms late: the hello of TLS
//! and each request behind it. The hello of TCP it cannot hold back, so each connection is counted with 300 ms more.

use patrol_sync::HttpTransport;
use patrol_testkit::{Fault, FaultProxy, op};
use tokio::runtime::Runtime;

use crate::caller::{self, Caller};
use crate::station::{Serving, code, quick_folder};
use crate::watch::{Stopwatch, count, sized};
use crate::{Figure, Limit};

const BAR_S: f64 = 3.0;
const CASES: u64 = 100;
const ROUND_TRIP_MS: u64 = 300;

pub(crate) fn measure() -> Figure {
    let runtime = Runtime::new().unwrap();
    let rounds: Vec<Round> = (0..sized(5, 1)).map(|_| runtime.block_on(round())).collect();
    let seconds: Vec<f64> = rounds.iter().map(|round| round.seconds).collect();
    let trips = rounds.iter().map(|round| round.trips).fold(0.0, f64::max);
    Figure::absolute(
        "slow_100",
        &seconds,
        "s",
        BAR_S,
        "one round of the true sync that brings 100 cases without photos, from no connection to the stored receipt, 300 ms \
         for each round trip, that of TCP included",
    )
    .with_limit(Limit {
        name: "round trips",
        value: trips,
        unit: "",
        bar: f64::INFINITY,
    })
}

struct Round {
    seconds: f64,
    trips: f64,
}

async fn round() -> Round {
    let (station, phone) = (quick_folder(), tempfile::tempdir().unwrap());
    let serving = Serving::begin(&station.path().join("station")).await;
    let proxy = FaultProxy::start(serving.address);
    let caller = Caller::begin(&phone.path().join("phone"), 1);
    let code = code(&serving.station, proxy.address()).await;
    let morning = HttpTransport::new(caller::time());
    caller.enrol(&morning, &code).await;
    caller.round(&morning).await.unwrap();
    drop(morning);
    for seed in 1..=CASES {
        let (op, parts) = op::varied_case(seed, &[]);
        caller.store.append(&op, &parts).unwrap();
    }
    // A transport of its own: no connection, no ticket to go on with.
    let transport = HttpTransport::new(caller::time());
    let connections = proxy.connections();
    proxy.set(Fault::Delay { ms: ROUND_TRIP_MS });
    let watch = Stopwatch::start();
    caller.round(&transport).await.unwrap();
    let took = watch.millis();
    assert_eq!(caller.store.progress().unwrap().acked, caller.store.head().unwrap().0);
    let connections = proxy.connections() - connections;
    let trips = proxy.strikes() + connections;
    drop((transport, caller));
    serving.end().await;
    Round {
        seconds: (took + count(connections * ROUND_TRIP_MS)) / 1000.0,
        trips: count(trips),
    }
}
