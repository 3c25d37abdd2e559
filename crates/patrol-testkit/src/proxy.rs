//! A network that breaks on command: a TCP proxy on loopback between the phone and the station.
//!
//! It stands between the true client and the true server, so what a test sees is what either side makes of a broken
//! connection, and no code of ours is replaced. It reads just enough HTTP to know where a request begins: the first
//! bytes from the client after bytes came back from the server (our client never pipelines). A fault that is set while
//! connections are open holds for them too: a pooled connection is not a way around it.
//!
//! Rejected: `iptables` and network namespaces (need root, and other tests share the machine); a broken HTTP client
//! (then the client under test is not the one that ships).

mod connection;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// How the network is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not.
    None,
    /// No connection is taken and those that are open are reset: the port is closed.
    ///
    /// With [`FaultProxy::set_times`] each counted connection is taken and reset at once instead, because a connection
    /// to a closed port cannot be counted.
    RefuseConnections,
    /// Each connection forwards exactly this many bytes from the client to the server, then ends: with a reset for the
    /// client, and for the server with an end of stream, so that every one of the bytes arrives.
    ///
    /// Counted from the connection's first byte or from when the fault was set, whichever is later. 0 ends a connection
    /// at the client's first byte.
    CutUpAfter(u64),
    /// Each connection forwards exactly this many bytes from the server to the client, then ends: with an end of stream
    /// for the client, so that every one of the bytes arrives, and with a reset for the server. Counted as above.
    CutDownAfter(u64),
    /// The whole request reaches the server and is answered; the answer is dropped and the connection reset.
    LoseReply,
    /// As [`Fault::LoseReply`], for requests whose request line begins so, e.g. `POST /v1/logs`; others pass.
    LoseRepliesTo(&'static str),
    /// Each request sets out this many milliseconds late.
    Delay {
        /// How late.
        ms: u64,
    },
    /// Each connection carries at most this many bytes a second, either way. Never counted by
    /// [`FaultProxy::set_times`].
    Rate {
        /// How many; at least 1.
        bytes_per_second: u64,
    },
    /// Connections are taken and nothing is ever forwarded again on those that were used while this held.
    HalfOpen,
    /// Any request is answered with `200` and a page of HTML, and never reaches the server.
    CaptivePortal,
}

/// What holds now. `generation` tells two settings of the same fault apart.
#[derive(Debug, Clone, Copy)]
struct Ruling {
    fault: Fault,
    generation: u64,
}

#[derive(Debug)]
struct State {
    target: SocketAddr,
    ruling: Ruling,
    /// How often the fault still strikes; `None` is for ever.
    left: Option<u64>,
    listener: Option<TcpListener>,
    strikes: u64,
    connections: u64,
    bytes_up: u64,
    bytes_down: u64,
    /// Copies of what was forwarded, while somebody listens.
    heard: Option<Heard>,
    /// Request lines that were not answered yet, by connection.
    under_way: BTreeMap<u64, String>,
}

/// What was said on all connections since somebody began to listen, in the order in which it was forwarded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// By clients.
    pub up: Vec<u8>,
    /// By the server.
    pub down: Vec<u8>,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// From a client to the server.
    Up,
    /// From the server to a client.
    Down,
}

/// What the proxy and its connections share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The listener was opened again: ask it for connections.
    reopened: Notify,
    /// The port was closed: connections end.
    refused: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ruling(&self) -> Ruling {
        self.state().ruling
    }

    /// Whether the fault of `ruling` may strike once more; a limited one is used up by it.
    fn strike(&self, ruling: Ruling) -> bool {
        let mut state = self.state();
        if state.ruling.generation != ruling.generation {
            return false;
        }
        state.strikes += 1;
        if let Some(left) = &mut state.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                state.left = None;
                state.ruling = Ruling {
                    fault: Fault::None,
                    generation: ruling.generation + 1,
                };
            }
        }
        true
    }

    /// Counts bytes that were forwarded.
    fn carried(&self, part: &[u8], way: Way) {
        let mut state = self.state();
        let heard = state.heard.as_mut();
        match way {
            Way::Up => {
                heard.into_iter().for_each(|heard| heard.up.extend_from_slice(part));
                state.bytes_up += part.len() as u64;
            }
            Way::Down => {
                heard.into_iter().for_each(|heard| heard.down.extend_from_slice(part));
                state.bytes_down += part.len() as u64;
            }
        }
    }

    fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        match &self.state().listener {
            Some(listener) => listener.poll_accept(context).map_ok(|(stream, _)| stream),
            None => Poll::Pending,
        }
    }
}

/// The proxy; ends with all its connections when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: JoinHandle<()>,
    runtime: Handle,
    /// Bound and never listening: keeps the port ours while connections are refused.
    _place: TcpSocket,
}

impl FaultProxy {
    /// Starts forwarding to `target` from a free port on 127.0.0.1.
    ///
    /// # Panics
    /// Outside a tokio runtime, or when loopback has no port left.
    pub fn start(target: SocketAddr) -> Self {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), target)
    }

    /// Starts forwarding to `target` from this address: for a demo whose phones remember where their station was.
    ///
    /// # Panics
    /// Outside a tokio runtime, or when the address is taken.
    pub fn start_at(listen_at: SocketAddr, target: SocketAddr) -> Self {
        let place = bind(listen_at);
        let address = place.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                target,
                ruling: Ruling {
                    fault: Fault::None,
                    generation: 0,
                },
                left: None,
                listener: Some(listen(address)),
                strikes: 0,
                connections: 0,
                bytes_up: 0,
                bytes_down: 0,
                heard: None,
                under_way: BTreeMap::new(),
            }),
            reopened: Notify::new(),
            refused: Notify::new(),
        });
        Self {
            address,
            acceptor: tokio::spawn(accept(Arc::clone(&shared))),
            shared,
            runtime: Handle::current(),
            _place: place,
        }
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Forwards new connections to another address: the station was started again on another port.
    pub fn set_target(&self, target: SocketAddr) {
        self.shared.state().target = target;
    }

    /// Breaks the network in this way until told otherwise. When this returns, it is broken.
    pub fn set(&self, fault: Fault) {
        self.rule(fault, None);
    }

    /// Breaks the network in this way until it has struck `times` times, then heals it.
    ///
    /// A strike is a connection refused, cut, or swallowed, an answer lost, a request delayed or answered by the portal.
    pub fn set_times(&self, fault: Fault, times: u64) {
        if times == 0 {
            self.rule(Fault::None, None);
        } else {
            self.rule(fault, Some(times));
        }
    }

    /// How many connections were taken.
    pub fn connections(&self) -> u64 {
        self.shared.state().connections
    }

    /// How many bytes were forwarded from clients to the server.
    pub fn bytes_up(&self) -> u64 {
        self.shared.state().bytes_up
    }

    /// How many bytes were forwarded from the server to clients.
    pub fn bytes_down(&self) -> u64 {
        self.shared.state().bytes_down
    }

    /// The request lines of plain HTTP that reached the server and were not answered yet; so a test can prove what the
    /// server was at when it was killed.
    pub fn under_way(&self) -> Vec<String> {
        self.shared.state().under_way.values().cloned().collect()
    }

    /// Runs `work` and gives what was said meanwhile, so that a test can cut between two messages and not only between
    /// two bytes.
    pub async fn listen_in<T>(&self, work: impl Future<Output = T>) -> (T, Heard) {
        self.shared.state().heard = Some(Heard::default());
        let done = work.await;
        let heard = self.shared.state().heard.take();
        (done, heard.unwrap_or_default())
    }

    /// How often a fault has struck since the start; so a test can prove that its fault happened at all.
    pub fn strikes(&self) -> u64 {
        self.shared.state().strikes
    }

    fn rule(&self, fault: Fault, times: Option<u64>) {
        let closes = fault == Fault::RefuseConnections && times.is_none();
        let mut state = self.shared.state();
        state.ruling = Ruling {
            fault,
            generation: state.ruling.generation + 1,
        };
        state.left = times;
        if closes {
            state.listener = None;
        } else if state.listener.is_none() {
            let _runtime = self.runtime.enter();
            state.listener = Some(listen(self.address));
            self.shared.reopened.notify_one();
        }
        drop(state);
        if fault == Fault::RefuseConnections {
            self.shared.refused.notify_waiters();
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.acceptor.abort();
        self.shared.state().listener = None;
    }
}

/// A socket on `address` that lets another of ours have the same port.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("sockets can be made");
    socket.set_reuseaddr(true).expect("a fresh socket takes its options");
    socket.set_reuseport(true).expect("a fresh socket takes its options");
    socket.bind(address).expect("the port is free or ours");
    socket
}

fn listen(address: SocketAddr) -> TcpListener {
    bind(address).listen(128).expect("a bound socket can listen")
}

/// Takes connections until it is aborted, which ends them too.
async fn accept(shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = poll_fn(|context| shared.poll_accept(context)) => accepted,
            () = shared.reopened.notified() => continue,
        };
        let Ok(client) = accepted else { continue };
        let number = {
            let mut state = shared.state();
            state.connections += 1;
            state.connections
        };
        connections.spawn(connection::carry(client, number, Arc::clone(&shared)));
    }
}
