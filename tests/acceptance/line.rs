//! Each kind of bad line over TLS, where whoever spoils it sees records and no requests: a round may fail, and afterwards
//! everything is there once, byte for byte.

use patrol_testkit::Fault;

use crate::near::{Line, NearPhone, NearStation};

/// How many rounds a healed line may take until nothing waits (I15).
const ROUNDS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn each_break_of_a_tls_line_fails_a_round_and_loses_and_doubles_nothing() {
    let station = NearStation::serving(Line::Tls).await;
    let mut phone = NearPhone::enrolled(&station, 1).await;
    let case = phone.record().await;
    phone.settle(1).await;
    for fault in [
        Fault::RefuseConnections,
        Fault::CutUpAfter(0),
        Fault::CutDownAfter(0),
        Fault::LoseReply,
        Fault::CaptivePortal,
        Fault::HalfOpen,
    ] {
        phone.act(case);
        phone.add_photo(case, 96, 72);
        let before = station.proxy.strikes();
        station.proxy.set_times(fault, 1);
        // A client may take a new connection by itself where no byte of a request has left.
        let outcome = phone.sync().await;
        assert_eq!(station.proxy.strikes(), before + 1, "{fault:?}");
        assert!(outcome.is_err() || !phone.waits(), "{fault:?}: {outcome:?}");
        phone.settle(ROUNDS).await;
        phone.assert_equal(&station).await;
    }
    let counts = station.overview().await.counts;
    assert_eq!((counts.devices, counts.cases), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_and_a_narrow_tls_line_carry_everything_in_one_round() {
    let station = NearStation::serving(Line::Tls).await;
    let mut phone = NearPhone::enrolled(&station, 1).await;
    let case = phone.record().await;
    phone.settle(1).await;
    for fault in [
        Fault::Delay { ms: 150 },
        Fault::Rate {
            bytes_per_second: 20_000,
        },
    ] {
        phone.act(case);
        phone.add_photo(case, 96, 72);
        station.proxy.set(fault);
        phone.settle(1).await;
        phone.assert_equal(&station).await;
    }
}
