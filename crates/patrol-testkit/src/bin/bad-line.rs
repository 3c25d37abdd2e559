//! `bad-line`: a slow network that breaks, between a demo's phones and their station.
//!
//! Two proxies behind each other, since each has one fault: the first is slow, the second ends each connection after so
//! many bytes. Bytes are forwarded as they come, so TLS passes through it as through any bad network.

use std::net::SocketAddr;
use std::process::ExitCode;

use patrol_testkit::{Fault, FaultProxy};

const USAGE: &str = "usage: bad-line <listen address> <station's address> <bytes per second> <bytes until a cut>

A slow network that breaks, between phones and their station: bytes pass as they come, at most so many a second, and
each connection is cut after so many bytes from the phone. It says where it listens, and ends by a signal.

  bad-line 127.0.0.1:9000 127.0.0.1:8620 50000 400000";

/// Where it listens, where it leads, and how bad it is.
struct Line {
    listen: SocketAddr,
    to: SocketAddr,
    bytes_per_second: u64,
    cut_after: u64,
}

fn read(arguments: &[String]) -> Option<Line> {
    let [listen, to, bytes_per_second, cut_after] = arguments else {
        return None;
    };
    Some(Line {
        listen: listen.parse().ok()?,
        to: to.parse().ok()?,
        bytes_per_second: bytes_per_second.parse().ok()?,
        cut_after: cut_after.parse().ok()?,
    })
}

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks on both"
)]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|one| one == "--help" || one == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some(line) = read(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let breaking = FaultProxy::start(line.to);
    breaking.set(Fault::CutUpAfter(line.cut_after));
    let slow = FaultProxy::start_at(line.listen, breaking.address());
    slow.set(Fault::Rate {
        bytes_per_second: line.bytes_per_second,
    });
    println!("listening {}", slow.address());
    // Ends with the demo, by a signal.
    std::future::pending().await
}
