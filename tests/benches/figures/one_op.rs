//! `one_op`: how long after a save the station has signed for it, on a line that costs nothing.
//!
//! The whole of a round of the true sync on a connection that stands: asking how far the station is, the push, asking
//! what is new there. The station lies where a sync costs nothing; the phone's own syncs (its marker, its
//! receipt) are in it, because the officer's phone waits for them too.

use std::net::SocketAddr;
use std::path::Path;

use patrol_sync::HttpTransport;
use patrol_testkit::{Fault, FaultProxy, op};
use tokio::runtime::Runtime;

use crate::caller::{self, Caller};
use crate::station::{Serving, code, quick_folder};
use crate::watch::{Stopwatch, count, median, sized};
use crate::{Figure, Limit};

const BAR_MS: f64 = 10.0;

pub(crate) fn measure() -> Figure {
    let runtime = Runtime::new().unwrap();
    let station = quick_folder();
    let phones = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let serving = Serving::begin_for_a_hasty_phone(&station.path().join("station")).await;
        let mut phone = Phone::enrolled(&serving, serving.address, &phones.path().join("1"), 1).await;
        let mut values = Vec::new();
        for _ in 0..sized(9, 1) {
            let mut took = Vec::new();
            for _ in 0..sized(40, 3) {
                took.push(phone.bring_one().await);
            }
            values.push(median(&mut took));
        }
        let proxy = FaultProxy::start(serving.address);
        let mut counted = Phone::enrolled(&serving, proxy.address(), &phones.path().join("2"), 2).await;
        // Each request sets out without delay, and is counted.
        proxy.set(Fault::Delay { ms: 0 });
        counted.bring_one().await;
        let requests = count(proxy.strikes());
        drop((phone, counted));
        serving.end().await;
        Figure::absolute(
            "one_op",
            &values,
            "ms",
            BAR_MS,
            "one round that brings one op over a standing TLS connection on loopback, the station's syncs left out, the \
             phone's own counted in",
        )
        .with_limit(Limit {
            name: "requests",
            value: requests,
            unit: "a round",
            bar: f64::INFINITY,
        })
    })
}

struct Phone {
    caller: Caller,
    transport: HttpTransport,
    saved: u64,
}

impl Phone {
    /// A phone of this station whose connection stands.
    async fn enrolled(serving: &Serving, address: SocketAddr, data: &Path, number: u64) -> Self {
        let caller = Caller::begin(data, number);
        let transport = HttpTransport::new(caller::time());
        let code = code(&serving.station, address).await;
        caller.enrol(&transport, &code).await;
        caller.round(&transport).await.unwrap();
        Self {
            caller,
            transport,
            saved: 0,
        }
    }

    /// Saves one case and brings it to the station; how long the second took.
    async fn bring_one(&mut self) -> f64 {
        self.saved += 1;
        let (op, parts) = op::varied_case(self.saved, &[]);
        self.caller.store.append(&op, &parts).unwrap();
        let watch = Stopwatch::start();
        self.caller.round(&self.transport).await.unwrap();
        let took = watch.millis();
        let head = self.caller.store.head().unwrap().0;
        assert_eq!(self.caller.store.progress().unwrap().acked, head);
        took
    }
}
