//! A connection cut at every point of an enrolment, a push, a photo and a photo that goes on where it broke off.
//!
//! A faultless exchange is counted first. Then the same exchange is cut behind its bytes, up and down, one cut after
//! the other:
//! in a *row*, where the line never heals between two cuts, behind each single byte; and *one by one*, where each cut is
//! followed by a sound line, behind each message (over TLS: each record) and one byte beside it, and at a stride in
//! between. Afterwards everything is there once, byte for byte, nothing waits, and nothing was signed for twice.

use std::collections::BTreeSet;

use patrol_domain::CaseId;
use patrol_testkit::{Fault, Heard};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::near::{Line, NearPhone, NearStation};

/// How many rounds a healed line may take until nothing waits (I15).
const ROUNDS: usize = 2;

/// How often an exchange is listened to until it goes over one connection.
const TRIES: usize = 20;

/// After so many cuts both sides are recomputed and compared, and another phone goes on.
const CUTS_PER_PHONE: usize = 60;

/// Far enough for a retry to be told from the request that it repeats.
const A_MINUTE_MS: i64 = 60_000;

/// What phone and station do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exchange {
    /// A code makes a new phone a device.
    Enrolment,
    /// One op.
    Push,
    /// One op with a thumbnail and an original.
    Photo,
    /// The rest of an original whose first part is at the station.
    Rest,
    /// A station that was set back to before the phone's enrolment hears of it, and gets everything again.
    Readmission,
}

/// A station, the phone that calls it, and what it works on.
struct World {
    station: NearStation,
    phone: NearPhone,
    case: Option<CaseId>,
    code: String,
    phones: u64,
    /// The station before any phone, where phones are let in again.
    bare: Option<TempDir>,
    tally: Tally,
}

/// What the cuts came to.
#[derive(Debug, Default)]
struct Tally {
    tried: usize,
    struck: usize,
    /// The station had committed and the phone had not heard of it.
    unheard: usize,
}

impl World {
    async fn new(line: Line, exchange: Exchange) -> Self {
        let mut station = NearStation::serving(line).await;
        let bare = match exchange {
            Exchange::Readmission => Some(station.snapshot().await),
            _ => None,
        };
        let code = station.code().await;
        let mut world = Self {
            phone: NearPhone::new(0),
            station,
            case: None,
            code,
            phones: 0,
            bare,
            tally: Tally::default(),
        };
        if exchange != Exchange::Enrolment {
            world.another_phone().await;
        }
        world
    }

    /// A phone that has one case, at the station too.
    async fn another_phone(&mut self) {
        self.phones += 1;
        self.phone = NearPhone::enrolled(&self.station, self.phones).await;
        self.case = Some(self.phone.record().await);
        self.phone.settle(1).await;
    }

    /// Something to do.
    async fn prepare(&mut self, exchange: Exchange) {
        match exchange {
            Exchange::Enrolment => {
                self.phones += 1;
                self.phone = NearPhone::new(self.phones);
                self.code = self.station.code().await;
            }
            Exchange::Push => self.phone.act(self.case.unwrap()),
            Exchange::Photo => drop(self.phone.add_photo(self.case.unwrap(), 96, 72)),
            Exchange::Rest => {
                let length = self.phone.add_photo(self.case.unwrap(), 320, 240);
                let before = self.station.proxy.strikes();
                // Status, push and thumbnail go before it and are smaller than what is left of the original.
                self.station.proxy.set_times(Fault::CutUpAfter(length * 3 / 4), 1);
                assert!(self.phone.sync().await.is_err());
                assert_eq!(self.station.proxy.strikes(), before + 1);
            }
            Exchange::Readmission => {
                self.another_phone().await;
                let bare = self.bare.as_ref().unwrap();
                self.station.put_back(bare).await;
            }
        }
    }

    /// The exchange; whether it came to its end.
    async fn attempt(&self, exchange: Exchange) -> bool {
        match exchange {
            Exchange::Enrolment => self.phone.app.enrol(&self.code).await.is_ok(),
            _ => self.phone.sync().await.is_ok(),
        }
    }

    /// What is said over a sound line, on one connection: a client may take a second one while the first is not back in
    /// its pool.
    async fn listen(&mut self, exchange: Exchange) -> Heard {
        for _ in 0..TRIES {
            self.prepare(exchange).await;
            let connections = self.station.proxy.connections();
            let (done, heard) = self.station.proxy.listen_in(self.attempt(exchange)).await;
            assert!(done);
            if self.station.proxy.connections() == connections + 1 {
                return heard;
            }
        }
        panic!("never over one connection");
    }

    /// One attempt over a line that is cut once.
    async fn cut(&mut self, exchange: Exchange, fault: Fault) -> bool {
        let strikes = self.station.proxy.strikes();
        self.station.proxy.set_times(fault, 1);
        let done = self.attempt(exchange).await;
        let struck = self.station.proxy.strikes() > strikes;
        assert!(struck || done, "{fault:?} did not strike, and yet nothing came of it");
        self.station.proxy.set(Fault::None);
        self.tally.tried += 1;
        self.tally.struck += usize::from(struck);
        done
    }

    /// The line is sound again: a bounded number of rounds ends it.
    async fn heal(&mut self, exchange: Exchange) {
        if exchange == Exchange::Enrolment {
            assert!(self.attempt(exchange).await, "the same code, over a sound line");
        }
        self.phone.settle(ROUNDS).await;
        assert!(!self.phone.waits());
    }

    async fn ops_at_station(&self) -> u64 {
        self.station.overview().await.counts.ops
    }

    fn report(&self, line: Line, exchange: Exchange, heard: &Heard, began: Instant) {
        let (up, down, tally) = (heard.up.len(), heard.down.len(), &self.tally);
        eprintln!(
            "{line:?} {exchange:?}: {up} bytes up, {down} down, {tally:?} in {:.1?}",
            began.elapsed()
        );
    }
}

/// Where one of these words begins.
fn beginnings(bytes: &[u8], words: &[&[u8]]) -> Vec<u64> {
    let begins = |at: &usize| words.iter().any(|word| bytes[*at..].starts_with(word));
    (0..bytes.len()).filter(begins).map(|at| at as u64).collect()
}

/// Cut behind each byte of one request, up, and then behind each byte of its answer, down.
fn each_byte_of(request: &str, heard: &Heard) -> Vec<Fault> {
    let requests = beginnings(&heard.up, &[b"GET /", b"POST /", b"PUT /"]);
    let answers = beginnings(&heard.down, &[b"HTTP/1.1 "]);
    let nth = requests
        .iter()
        .position(|at| heard.up[usize::try_from(*at).unwrap()..].starts_with(request.as_bytes()))
        .unwrap();
    let span = |starts: &[u64], all: usize| starts[nth]..=starts.get(nth + 1).copied().unwrap_or(all as u64);
    let up = span(&requests, heard.up.len()).map(Fault::CutUpAfter);
    up.chain(span(&answers, heard.down.len()).map(Fault::CutDownAfter))
        .collect()
}

/// Where messages end: TLS records (RFC 8446 §5.1), or the heads of HTTP messages.
fn ends(line: Line, bytes: &[u8]) -> Vec<usize> {
    match line {
        Line::Plain => (4..=bytes.len())
            .filter(|end| bytes[..*end].ends_with(b"\r\n\r\n"))
            .collect(),
        Line::Tls => {
            let mut ends = vec![0];
            let mut end = 0;
            while let Some(head) = bytes.get(end..end + 5) {
                end += 5 + usize::from(u16::from_be_bytes([head[3], head[4]]));
                ends.push(end);
            }
            assert_eq!(end, bytes.len(), "whole records");
            ends
        }
    }
}

/// Behind each message, a byte before and a byte after it, and `between` times in between.
fn each_message(line: Line, heard: &Heard, between: usize) -> Vec<Fault> {
    let points = |bytes: &[u8]| -> BTreeSet<u64> {
        let mut points: BTreeSet<usize> = (0..bytes.len()).step_by((bytes.len() / between).max(1)).collect();
        for end in ends(line, bytes) {
            points.extend([end.saturating_sub(1), end, end + 1]);
        }
        points.into_iter().map(|point| point as u64).collect()
    };
    let up = points(&heard.up).into_iter().map(Fault::CutUpAfter);
    up.chain(points(&heard.down).into_iter().map(Fault::CutDownAfter))
        .collect()
}

/// Each cut is followed by a sound line.
async fn one_by_one(line: Line, exchange: Exchange, between: usize) {
    let began = Instant::now();
    let mut world = World::new(line, exchange).await;
    let heard = world.listen(exchange).await;
    for (index, fault) in each_message(line, &heard, between).into_iter().enumerate() {
        if !matches!(exchange, Exchange::Enrolment | Exchange::Readmission)
            && index % CUTS_PER_PHONE == CUTS_PER_PHONE - 1
        {
            world.phone.assert_equal(&world.station).await;
            world.another_phone().await;
        }
        world.prepare(exchange).await;
        if !world.cut(exchange, fault).await {
            world.heal(exchange).await;
        }
        if exchange == Exchange::Readmission {
            world.phone.assert_equal(&world.station).await;
        }
    }
    world.phone.settle(1).await;
    world.phone.assert_equal(&world.station).await;
    world.report(line, exchange, &heard, began);
    // A second connection, or a shorter signature: some cuts lie behind the end.
    assert!(world.tally.struck * 10 >= world.tally.tried * 7, "cuts that cut");
    let overview = world.station.overview().await;
    let expected = match exchange {
        Exchange::Enrolment => (world.phones, 0),
        // The others have not called since.
        Exchange::Readmission => (1, 1),
        Exchange::Push | Exchange::Photo | Exchange::Rest => (world.phones, world.phones),
    };
    assert_eq!(
        (overview.counts.devices, overview.counts.cases),
        expected,
        "every phone is one device, and its case is there once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_cut_behind_each_byte_in_a_row_makes_one_device() {
    let began = Instant::now();
    let (line, exchange) = (Line::Plain, Exchange::Enrolment);
    let mut world = World::new(line, exchange).await;
    let heard = world.listen(exchange).await;
    world.prepare(exchange).await;
    for fault in each_byte_of("POST /v1/enrol", &heard) {
        if world.cut(exchange, fault).await {
            // All of the answer was there before the cut: the phone is enrolled, and the next one begins.
            world.phone.settle(1).await;
            world.prepare(exchange).await;
        }
    }
    world.heal(exchange).await;
    world.phone.assert_equal(&world.station).await;
    world.report(line, exchange, &heard, began);
    assert!(world.tally.tried > 500, "{:?}", world.tally);
    assert_eq!(world.station.overview().await.counts.devices, world.phones);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_cut_behind_each_byte_in_a_row_is_there_once_and_signed_for_once() {
    let began = Instant::now();
    let (line, exchange) = (Line::Plain, Exchange::Push);
    let mut world = World::new(line, exchange).await;
    let heard = world.listen(exchange).await;
    let mut committed_by = i64::MAX;
    for (index, fault) in each_byte_of("POST /v1/logs/", &heard).into_iter().enumerate() {
        if index % (8 * CUTS_PER_PHONE) == 0 {
            world.heal(exchange).await;
            world.phone.assert_equal(&world.station).await;
            world.another_phone().await;
        }
        if !world.phone.waits() {
            world.prepare(exchange).await;
            committed_by = i64::MAX;
        }
        let before = world.ops_at_station().await;
        world.cut(exchange, fault).await;
        let waits = world.phone.waits();
        if world.ops_at_station().await > before {
            committed_by = world.station.now_ms();
            world.tally.unheard += usize::from(waits);
        }
        if !waits && committed_by < i64::MAX {
            // However often it was asked again: the receipt is that of the first commit.
            let receipt = world.phone.app.sync_status().unwrap().last_receipt.unwrap();
            assert!(receipt.station_ms <= committed_by, "{fault:?}: signed anew");
        }
        world.station.clock.jump(A_MINUTE_MS);
    }
    world.heal(exchange).await;
    world.phone.assert_equal(&world.station).await;
    world.report(line, exchange, &heard, began);
    assert!(world.tally.tried > 1000 && world.tally.unheard > 0, "{:?}", world.tally);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_over_tls_cut_anywhere_is_made_good_by_the_same_code() {
    one_by_one(Line::Tls, Exchange::Enrolment, 24).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_over_tls_cut_anywhere_is_there_once() {
    one_by_one(Line::Tls, Exchange::Push, 48).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_over_tls_cut_anywhere_is_there_once() {
    one_by_one(Line::Tls, Exchange::Photo, 48).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_over_tls_cut_anywhere_in_its_rest_is_there_once() {
    one_by_one(Line::Tls, Exchange::Rest, 48).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readmission_over_tls_cut_anywhere_is_made_good() {
    one_by_one(Line::Tls, Exchange::Readmission, 8).await;
}
