//! What is counted of a served station, for Prometheus (text format 0.0.4).
//!
//! Written out by hand: a dozen names with a handful of labels need no registry. Labels have few values by
//! construction (routes of the router, codes of the protocol), and none says anything about a person or a phone.

mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patrol_domain::StationMs;

use crate::store::Counts;
pub(crate) use text::CONTENT_TYPE;
use text::Text;

/// The counters. Clones count together.
#[derive(Clone, Default)]
pub(crate) struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    answers: Mutex<BTreeMap<Answered, u64>>,
    refused: Mutex<BTreeMap<String, u64>>,
    requests_running: AtomicU64,
    connections_open: AtomicU64,
    connections_refused: AtomicU64,
    push_bytes: AtomicU64,
    ops: AtomicU64,
    quarantined: AtomicU64,
    photos: AtomicU64,
    photo_bytes: AtomicU64,
}

/// How a request was answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Answered {
    /// As the router has it, with placeholders; `none` when it knows none.
    pub(crate) route: String,
    /// The method, when it is one of HTTP's own.
    pub(crate) method: &'static str,
    /// The status.
    pub(crate) status: u16,
}

/// What is not counted but looked up when somebody asks.
pub(crate) struct Gauges {
    /// Bytes of bodies that are held.
    pub(crate) held_bytes: u64,
    /// Free bytes of the disk, where the system tells.
    pub(crate) free_bytes: Option<u64>,
    /// When the certificate ends; nothing over plain HTTP.
    pub(crate) certificate_ends: Option<StationMs>,
    /// What the store holds.
    pub(crate) counts: Counts,
}

/// Counts as running until it is dropped.
pub(crate) struct Running {
    metrics: Metrics,
    of: fn(&Inner) -> &AtomicU64,
}

impl Drop for Running {
    fn drop(&mut self) {
        (self.of)(&self.metrics.inner).fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    fn running(&self, of: fn(&Inner) -> &AtomicU64) -> Running {
        of(&self.inner).fetch_add(1, Ordering::Relaxed);
        Running {
            metrics: self.clone(),
            of,
        }
    }

    /// A request, until it is answered.
    pub(crate) fn request(&self) -> Running {
        self.running(|inner| &inner.requests_running)
    }

    /// A connection, until it ends.
    pub(crate) fn connection(&self) -> Running {
        self.running(|inner| &inner.connections_open)
    }

    /// A connection too many.
    pub(crate) fn refuse_connection(&self) {
        self.inner.connections_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// An answer, and the protocol's code when it was a refusal.
    pub(crate) fn answer(&self, answered: Answered, code: Option<String>) {
        *lock(&self.inner.answers).entry(answered).or_default() += 1;
        if let Some(code) = code {
            *lock(&self.inner.refused).entry(code).or_default() += 1;
        }
    }

    /// A push that was taken.
    pub(crate) fn push(&self, ops: u64, quarantined: u64, bytes: u64) {
        self.inner.push_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.inner.ops.fetch_add(ops, Ordering::Relaxed);
        self.inner.quarantined.fetch_add(quarantined, Ordering::Relaxed);
    }

    /// An original that is complete.
    pub(crate) fn photo(&self, bytes: u64) {
        self.inner.photos.fetch_add(1, Ordering::Relaxed);
        self.inner.photo_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn text(&self, gauges: &Gauges) -> String {
        let Inner {
            answers,
            refused,
            requests_running,
            connections_open,
            connections_refused,
            push_bytes,
            ops,
            quarantined,
            photos,
            photo_bytes,
        } = &*self.inner;
        let read = |value: &AtomicU64| value.load(Ordering::Relaxed);
        let mut text = Text::default();
        text.family("xunge_requests_total", "counter", "Requests that were answered.");
        for (answered, count) in &*lock(answers) {
            let Answered { route, method, status } = answered;
            let labels = [
                ("route", route.as_str()),
                ("method", method),
                ("status", &status.to_string()),
            ];
            text.sample("xunge_requests_total", &labels, *count);
        }
        text.family("xunge_refused_total", "counter", "Refusals by the protocol's code.");
        for (code, count) in &*lock(refused) {
            text.sample("xunge_refused_total", &[("code", code)], *count);
        }
        text.one(
            "xunge_requests_running",
            "gauge",
            "Requests at work.",
            read(requests_running),
        );
        text.one(
            "xunge_connections_open",
            "gauge",
            "Open connections.",
            read(connections_open),
        );
        text.one(
            "xunge_connections_refused_total",
            "counter",
            "Connections too many.",
            read(connections_refused),
        );
        text.one(
            "xunge_push_bytes_total",
            "counter",
            "Bytes of pushes that were taken, as they arrived.",
            read(push_bytes),
        );
        text.one(
            "xunge_body_bytes_held",
            "gauge",
            "Bytes reserved for bodies in memory.",
            gauges.held_bytes,
        );
        text.one(
            "xunge_pushed_ops_total",
            "counter",
            "Ops in pushes that were taken.",
            read(ops),
        );
        text.one(
            "xunge_pushed_quarantined_total",
            "counter",
            "Of them, set aside.",
            read(quarantined),
        );
        text.one(
            "xunge_photos_total",
            "counter",
            "Originals that became complete.",
            read(photos),
        );
        text.one("xunge_photo_bytes_total", "counter", "Their bytes.", read(photo_bytes));
        if let Some(free) = gauges.free_bytes {
            text.one(
                "xunge_disk_free_bytes",
                "gauge",
                "Free bytes of the data folder's disk.",
                free,
            );
        }
        if let Some(ends) = gauges.certificate_ends {
            text.one(
                "xunge_certificate_ends_seconds",
                "gauge",
                "When the certificate ends that the station serves with, in seconds since 1970.",
                u64::try_from(ends.0 / 1000).unwrap_or_default(),
            );
        }
        let Counts {
            cases,
            open,
            voided,
            photos,
            ops,
            devices,
            quarantined,
        } = gauges.counts;
        text.one("xunge_stored_cases", "gauge", "Cases in the database.", cases);
        text.one(
            "xunge_stored_cases_open",
            "gauge",
            "Cases that nothing has concluded.",
            open,
        );
        text.one("xunge_stored_cases_void", "gauge", "Void cases.", voided);
        text.one("xunge_stored_photos", "gauge", "Originals in the database.", photos);
        text.one("xunge_stored_ops", "gauge", "Ops in the database.", ops);
        text.one("xunge_stored_devices", "gauge", "Phones in the database.", devices);
        text.one(
            "xunge_stored_quarantined",
            "gauge",
            "Ops that could not be applied.",
            quarantined,
        );
        text.into_string()
    }
}

/// A map is whole after every call, so a panic elsewhere leaves it usable.
fn lock<K, V>(map: &Mutex<BTreeMap<K, V>>) -> MutexGuard<'_, BTreeMap<K, V>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_reads_as_prometheus_reads() {
        let metrics = Metrics::default();
        let answered = |status| Answered {
            route: "/v1/logs/{log}/ops".to_owned(),
            method: "POST",
            status,
        };
        metrics.answer(answered(200), None);
        metrics.answer(answered(200), None);
        metrics.answer(answered(429), Some("busy".to_owned()));
        metrics.push(5, 1, 900);
        metrics.photo(300_000);
        metrics.refuse_connection();
        let (running, over) = (metrics.request(), metrics.request());
        drop(over);
        let gauges = Gauges {
            held_bytes: 7,
            free_bytes: None,
            certificate_ends: Some(StationMs(1_853_024_328_999)),
            counts: Counts {
                cases: 1,
                open: 1,
                voided: 0,
                photos: 2,
                ops: 3,
                devices: 4,
                quarantined: 5,
            },
        };
        let text = metrics.text(&gauges);
        for line in [
            "# TYPE xunge_requests_total counter",
            "xunge_requests_total{route=\"/v1/logs/{log}/ops\",method=\"POST\",status=\"200\"} 2",
            "xunge_refused_total{code=\"busy\"} 1",
            "xunge_requests_running 1",
            "xunge_push_bytes_total 900",
            "xunge_connections_refused_total 1",
            "xunge_body_bytes_held 7",
            "xunge_certificate_ends_seconds 1853024328",
            "xunge_pushed_ops_total 5",
            "xunge_photo_bytes_total 300000",
            "xunge_stored_devices 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(text.ends_with('\n') && !text.contains("disk_free"));
        drop(running);
        assert!(metrics.text(&gauges).contains("xunge_requests_running 0\n"));
    }
}
