//! What keeps one request, one phone or one stranger from taking all there is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The limits, as `[limits]` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How long a body may bring no byte; there is no limit on how long it takes altogether.
    #[serde(rename = "stall_ms", with = "milliseconds")]
    pub stall: Duration,
    /// How long requests may go on after the station was asked to stop.
    #[serde(rename = "grace_ms", with = "milliseconds")]
    pub grace: Duration,
    /// How long a TLS handshake may take.
    #[serde(rename = "handshake_ms", with = "milliseconds")]
    pub handshake: Duration,
    /// How long a request's head may take, counted from the answer before it: an idle connection is closed by it too.
    #[serde(rename = "head_ms", with = "milliseconds")]
    pub head: Duration,
    /// How long a request may wait for its turn until it is told to come again.
    #[serde(rename = "queue_ms", with = "milliseconds")]
    pub queue: Duration,
    /// How many connections there may be.
    pub connections: usize,
    /// How many of them from one address; a squad's office may be behind one.
    pub connections_per_peer: usize,
    /// How many bytes of all requests' bodies are held in memory at once.
    pub body_bytes: u32,
    /// How many requests a phone may make each second, in the long run.
    pub requests_per_second: u32,
    /// How many it may make at once after a pause.
    pub request_burst: u32,
    /// How many originals a phone may have on their way at once. Phones are told 2; a broken connection's own request
    /// may not have noticed yet.
    pub photos_in_flight: u32,
    /// How much of the disk is kept for ops: originals are refused before it is touched.
    pub disk_reserve_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(30),
            grace: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            queue: Duration::from_secs(10),
            connections: 1024,
            connections_per_peer: 256,
            body_bytes: 32 * 1024 * 1024,
            requests_per_second: 100,
            request_burst: 1000,
            photos_in_flight: 4,
            disk_reserve_bytes: 1024 * 1024 * 1024,
        }
    }
}

/// A span of time as a number of milliseconds.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
