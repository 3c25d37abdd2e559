//! One connection through the proxy: two pumps, and the end that the fault in force gives it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::{Fault, Ruling, Shared, Way};

/// How much is read at once.
const PIECE: usize = 16 * 1024;
/// A slow connection moves its bytes this many times a second.
const BEATS: u64 = 20;
/// A request line is looked at up to here.
const LINE: usize = 512;

const PORTAL: &str = "<!doctype html><title>Wi-Fi</title><p>上网请先登录";

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Both sides are reset.
    Reset,
    /// The server is done; the client may still read.
    Over,
    /// The server gets all that was meant for it, and the client is reset.
    CutUp,
    /// The client gets all that was meant for it, and the server is reset.
    CutDown,
    /// The connection stays and carries nothing.
    Swallow,
    /// The portal answers.
    Portal,
}

impl From<io::Error> for End {
    /// One side is gone: so is the other.
    fn from(_: io::Error) -> Self {
        Self::Reset
    }
}

/// Where the talk on one connection stands.
struct Talk {
    /// Which setting `up` and `down` are counted under.
    generation: u64,
    up: u64,
    down: u64,
    /// The request line, as far as it has come.
    line: Vec<u8>,
    line_is_whole: bool,
    /// Whether bytes came back since the request began; true before the first request.
    answered: bool,
}

impl Talk {
    /// Counts begin anew with each setting.
    fn hear(&mut self, ruling: Ruling) {
        if self.generation != ruling.generation {
            (self.generation, self.up, self.down) = (ruling.generation, 0, 0);
        }
    }

    /// Takes bytes from the client; whether a request begins with them.
    fn ask(&mut self, piece: &[u8]) -> bool {
        let begins = std::mem::replace(&mut self.answered, false);
        if begins {
            self.line.clear();
            self.line_is_whole = false;
        }
        if !self.line_is_whole {
            let line = piece.split(|byte| *byte == b'\r').next().unwrap_or_default();
            self.line.extend_from_slice(line);
            self.line_is_whole = line.len() < piece.len() || self.line.len() >= LINE;
        }
        begins
    }

    /// Takes bytes from the server; whether an answer begins with them.
    fn answer(&mut self) -> bool {
        !std::mem::replace(&mut self.answered, true)
    }
}

/// Both pumps of one connection.
struct Pumps<'shared> {
    shared: &'shared Shared,
    /// Which connection.
    number: u64,
    talk: Mutex<Talk>,
}

/// Carries one connection to its end.
pub(super) async fn carry(mut client: TcpStream, number: u64, shared: Arc<Shared>) {
    // Asked for before the ruling is read, so that no refusal falls in between.
    let refused = shared.refused.notified();
    let mut server = None;
    let end = tokio::select! {
        () = refused => End::Reset,
        end = serve(&mut client, &mut server, number, &shared) => end,
    };
    shared.state().under_way.remove(&number);
    // Nothing can be done about a connection that fails while it is being ended.
    let _ = finish(end, client, server).await;
}

async fn serve(client: &mut TcpStream, server: &mut Option<TcpStream>, number: u64, shared: &Shared) -> End {
    let ruling = shared.ruling();
    if ruling.fault == Fault::RefuseConnections && shared.strike(ruling) {
        return End::Reset;
    }
    // The server hears of a connection only when there is something to forward.
    match client.peek(&mut [0]).await {
        Ok(1..) => {}
        Ok(0) => return End::Over,
        Err(_) => return End::Reset,
    }
    let ruling = shared.ruling();
    let stops = match ruling.fault {
        Fault::HalfOpen => Some(End::Swallow),
        Fault::CaptivePortal => Some(End::Portal),
        Fault::CutUpAfter(0) => Some(End::Reset),
        _ => None,
    };
    if let Some(end) = stops
        && shared.strike(ruling)
    {
        return end;
    }
    let target = shared.state().target;
    let Ok(stream) = TcpStream::connect(target).await else {
        return End::Reset;
    };
    let pumps = Pumps {
        shared,
        number,
        talk: Mutex::new(Talk {
            generation: ruling.generation,
            up: 0,
            down: 0,
            line: Vec::new(),
            line_is_whole: false,
            answered: true,
        }),
    };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.insert(stream).split();
    tokio::select! {
        end = pumps.up(from_client, to_server) => end,
        end = pumps.down(from_server, to_client) => end,
    }
    .unwrap_or_else(|end| end)
}

impl Pumps<'_> {
    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn up(&self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<End, End> {
        let mut buffer = vec![0; PIECE];
        loop {
            let count = from.read(&mut buffer).await?;
            let piece = buffer.get(..count).unwrap_or_default();
            if piece.is_empty() {
                // The client has said all; the other pump goes on with what the server says.
                to.shutdown().await?;
                std::future::pending::<()>().await;
            }
            let ruling = self.shared.ruling();
            let (begins, room) = {
                let mut talk = self.talk();
                talk.hear(ruling);
                (talk.ask(piece), cut(ruling, talk.up, talk.down).0)
            };
            if let Some(last) = room.and_then(|room| piece.get(..room))
                && self.shared.strike(ruling)
            {
                self.forward_up(&mut to, last, ruling).await?;
                return Ok(End::CutUp);
            }
            match ruling.fault {
                Fault::HalfOpen if self.shared.strike(ruling) => return Ok(End::Swallow),
                Fault::CaptivePortal if begins && self.shared.strike(ruling) => return Ok(End::Portal),
                Fault::Delay { ms } if begins && self.shared.strike(ruling) => {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                }
                _ => {}
            }
            self.forward_up(&mut to, piece, ruling).await?;
            self.note_request();
        }
    }

    /// What has reached the server and is not answered.
    fn note_request(&self) {
        let line = {
            let talk = self.talk();
            (talk.line_is_whole && !talk.answered).then(|| String::from_utf8_lossy(&talk.line).into_owned())
        };
        if let Some(line) = line {
            self.shared.state().under_way.insert(self.number, line);
        }
    }

    async fn down(&self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<End, End> {
        let mut buffer = vec![0; PIECE];
        loop {
            let count = from.read(&mut buffer).await?;
            let piece = buffer.get(..count).unwrap_or_default();
            if piece.is_empty() {
                return Ok(End::Over);
            }
            let ruling = self.shared.ruling();
            let (loses, room) = {
                let mut talk = self.talk();
                talk.hear(ruling);
                let begins = talk.answer();
                self.shared.state().under_way.remove(&self.number);
                let meant = match ruling.fault {
                    Fault::LoseReply => true,
                    Fault::LoseRepliesTo(prefix) => talk.line.starts_with(prefix.as_bytes()),
                    _ => false,
                };
                (begins && meant, cut(ruling, talk.up, talk.down).1)
            };
            if loses && self.shared.strike(ruling) {
                return Ok(End::Reset);
            }
            if let Some(last) = room.and_then(|room| piece.get(..room))
                && self.shared.strike(ruling)
            {
                self.forward_down(&mut to, last, ruling).await?;
                return Ok(End::CutDown);
            }
            if ruling.fault == Fault::HalfOpen && self.shared.strike(ruling) {
                return Ok(End::Swallow);
            }
            self.forward_down(&mut to, piece, ruling).await?;
        }
    }

    async fn forward_up(&self, to: &mut WriteHalf<'_>, piece: &[u8], ruling: Ruling) -> io::Result<()> {
        for part in piece.chunks(beat(ruling)) {
            to.write_all(part).await?;
            self.talk().up += part.len() as u64;
            self.shared.carried(part, Way::Up);
            self.rest(part.len() as u64, ruling).await;
        }
        Ok(())
    }

    async fn forward_down(&self, to: &mut WriteHalf<'_>, piece: &[u8], ruling: Ruling) -> io::Result<()> {
        for part in piece.chunks(beat(ruling)) {
            to.write_all(part).await?;
            self.talk().down += part.len() as u64;
            self.shared.carried(part, Way::Down);
            self.rest(part.len() as u64, ruling).await;
        }
        Ok(())
    }

    /// As long as `bytes` take on a slow connection; not at all once another fault was set.
    async fn rest(&self, bytes: u64, ruling: Ruling) {
        if let Fault::Rate { bytes_per_second } = ruling.fault
            && self.shared.ruling().generation == ruling.generation
        {
            let micros = bytes.saturating_mul(1_000_000) / bytes_per_second.max(1);
            tokio::time::sleep(Duration::from_micros(micros)).await;
        }
    }
}

/// How many more bytes go up and down before a cut; `None` where there is none.
fn cut(ruling: Ruling, up: u64, down: u64) -> (Option<usize>, Option<usize>) {
    let room = |limit: u64, gone: u64| usize::try_from(limit.saturating_sub(gone)).ok();
    match ruling.fault {
        Fault::CutUpAfter(limit) => (room(limit, up), None),
        Fault::CutDownAfter(limit) => (None, room(limit, down)),
        _ => (None, None),
    }
}

/// How many bytes are forwarded at once.
fn beat(ruling: Ruling) -> usize {
    match ruling.fault {
        Fault::Rate { bytes_per_second } => usize::try_from(bytes_per_second / BEATS).unwrap_or(PIECE).max(1),
        _ => PIECE,
    }
}

async fn finish(end: End, mut client: TcpStream, server: Option<TcpStream>) -> io::Result<()> {
    match end {
        End::Reset => {
            client.set_zero_linger()?;
            server.map_or(Ok(()), |server| server.set_zero_linger())
        }
        End::Over => close(client).await,
        End::CutUp => {
            client.set_zero_linger()?;
            drop(client);
            match server {
                Some(server) => close(server).await,
                None => Ok(()),
            }
        }
        End::CutDown => {
            if let Some(server) = server {
                server.set_zero_linger()?;
            }
            close(client).await
        }
        End::Swallow => {
            std::future::pending::<()>().await;
            drop((client, server));
            Ok(())
        }
        End::Portal => {
            drop(server);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{PORTAL}", PORTAL.len());
            client.write_all(answer.as_bytes()).await?;
            close(client).await
        }
    }
}

/// Ends a stream so that everything written to it arrives: the other side hears the end, and is heard out.
async fn close(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut unheard = vec![0; PIECE];
    while stream.read(&mut unheard).await? > 0 {}
    Ok(())
}
