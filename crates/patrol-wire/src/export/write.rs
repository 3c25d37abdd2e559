//! Writing an export as a stream: nothing is held but the index and one chunk.

use std::io::{self, Read, Write};

use patrol_domain::hash::Sha256Stream;
use patrol_domain::{LogId, Part, Seq, Sha256Hash};

use super::{BLOCK, CHUNK_BYTES, INDEX, IndexSeal, MANIFEST, Manifest, SEAL, SignedHead, header, padding};
use crate::signature::{SignatureError, Signed};
use crate::station_journal::StationHead;

/// How many bytes of an original are held at once.
const PIECE: usize = 64 * 1024;

/// The export cannot be written; what was written so far has no seal and so is none.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk refused, or a source could not be read.
    #[error("the export cannot be written: {0}")]
    File(#[from] io::Error),
    /// A source gave another number of bytes than it announced.
    #[error("{name} changed while it was being exported")]
    Changed {
        /// Which file.
        name: String,
    },
    /// A value that cannot become JSON.
    #[error("a value cannot be written")]
    Json(#[from] serde_json::Error),
    /// An op with a line feed cannot stand in a line.
    #[error("op {} of journal {log} holds a line feed", seq.0)]
    Line {
        /// The journal.
        log: LogId,
        /// The position.
        seq: Seq,
    },
    /// The key refused.
    #[error("the export cannot be signed: {0}")]
    Signature(String),
}

impl From<SignatureError> for WriteError {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error.to_string())
    }
}

/// An export in the making. Files come in the order of [`super`]'s table.
pub struct ExportWriter<W> {
    out: W,
    index: String,
    files: u64,
    bytes: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Begins an export.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn begin(out: W, manifest: &Manifest) -> Result<Self, WriteError> {
        let mut export = Self {
            out,
            index: String::new(),
            files: 0,
            bytes: 0,
        };
        let mut text = serde_json::to_vec_pretty(manifest)?;
        text.push(b'\n');
        export.file(MANIFEST, &text)?;
        Ok(export)
    }

    /// Adds a small file.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.stream(name, bytes.len() as u64, &mut &*bytes)
    }

    /// Adds a file of `length` bytes from a reader.
    ///
    /// # Errors
    /// [`WriteError::Changed`] when it gives more or fewer bytes.
    pub fn stream(&mut self, name: &str, length: u64, source: &mut dyn Read) -> Result<(), WriteError> {
        let sha256 = self.put(name, length, source)?;
        self.index.push_str(&format!("{sha256}  {name}\n"));
        self.files += 1;
        self.bytes += length;
        Ok(())
    }

    /// Begins a journal.
    pub fn log(&mut self, log: LogId) -> LogWriter<'_, W> {
        self.log_in("logs", log)
    }

    /// Begins a journal of the station's own.
    pub fn station_log(&mut self, log: LogId) -> LogWriter<'_, W> {
        self.log_in("station", log)
    }

    fn log_in(&mut self, folder: &'static str, log: LogId) -> LogWriter<'_, W> {
        LogWriter {
            export: self,
            folder,
            log,
            first: None,
            next: Seq(1),
            chain: String::new(),
            ops: Vec::new(),
        }
    }

    /// Adds the device's signature over a journal's head.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn head(&mut self, head: &SignedHead) -> Result<(), WriteError> {
        let mut text = serde_json::to_vec(head)?;
        text.push(b'\n');
        self.file(&format!("logs/{}/head", head.log), &text)
    }

    /// Adds the station's signature over the head of a journal of its own.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn station_head(&mut self, head: &Signed<StationHead>) -> Result<(), WriteError> {
        let mut text = serde_json::to_vec(head)?;
        text.push(b'\n');
        self.file(&format!("station/{}/head", head.content.log), &text)
    }

    /// Begins receipts in `folder`.
    pub fn lines(&mut self, folder: String) -> LinesWriter<'_, W> {
        LinesWriter {
            export: self,
            folder,
            number: 1,
            text: String::new(),
        }
    }

    /// Ends the export with its index and the exporter's signature over it, and gives the writer back.
    ///
    /// # Errors
    /// [`WriteError`], whatever `sign` says included.
    pub fn finish<E: ToString>(
        mut self,
        key_id: &str,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<W, WriteError> {
        let index = std::mem::take(&mut self.index);
        let seal = IndexSeal {
            index: Sha256Hash::of(index.as_bytes()),
            files: self.files,
            bytes: self.bytes,
        };
        let signed = Signed::sign(seal, key_id, |message| {
            sign(message).map_err(|error| WriteError::Signature(error.to_string()))
        })?;
        self.put(INDEX, index.len() as u64, &mut index.as_bytes())?;
        let mut text = serde_json::to_vec(&signed)?;
        text.push(b'\n');
        self.put(SEAL, text.len() as u64, &mut text.as_slice())?;
        // Two blocks of zeros end a tar file (POSIX.1-1988, ustar).
        self.out.write_all(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, name: &str, length: u64, source: &mut dyn Read) -> Result<Sha256Hash, WriteError> {
        self.out.write_all(header(name, length)?.as_bytes())?;
        let changed = || WriteError::Changed { name: name.to_owned() };
        let mut hasher = Sha256Stream::new();
        let mut left = length;
        let mut buffer = vec![0; PIECE];
        loop {
            let read = match source.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let piece = buffer.get(..read).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            left = left.checked_sub(piece.len() as u64).ok_or_else(changed)?;
            hasher.update(piece);
            self.out.write_all(piece)?;
        }
        if left > 0 {
            return Err(changed());
        }
        self.out
            .write_all([0; BLOCK].get(..padding(length)).unwrap_or_default())?;
        Ok(hasher.finish())
    }
}

/// A journal on its way into an export.
pub struct LogWriter<'export, W> {
    export: &'export mut ExportWriter<W>,
    folder: &'static str,
    log: LogId,
    first: Option<Seq>,
    next: Seq,
    chain: String,
    ops: Vec<u8>,
}

impl<W: Write> LogWriter<'_, W> {
    /// Adds the next op, the chain's value behind it, and its parts.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn op(&mut self, seq: Seq, hash: Sha256Hash, op: &[u8], parts: &[Part]) -> Result<(), WriteError> {
        if op.contains(&b'\n') {
            return Err(WriteError::Line { log: self.log, seq });
        }
        if seq != self.next {
            // A journal that came out of a damaged file has holes: a file of ops has none.
            self.close()?;
        }
        self.next = seq.next();
        self.first.get_or_insert(seq);
        self.chain.push_str(&format!("{hash}\n"));
        self.ops.push(b'o');
        self.ops.extend_from_slice(op);
        self.ops.push(b'\n');
        for part in parts {
            self.ops.push(b'p');
            serde_json::to_writer(&mut self.ops, part)?;
            self.ops.push(b'\n');
        }
        if self.ops.len() >= CHUNK_BYTES {
            self.close()?;
        }
        Ok(())
    }

    /// Ends the journal.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.close()
    }

    fn close(&mut self) -> Result<(), WriteError> {
        let Some(first) = self.first.take() else { return Ok(()) };
        let name = format!("{}/{}/{:012}", self.folder, self.log, first.0);
        let (chain, ops) = (std::mem::take(&mut self.chain), std::mem::take(&mut self.ops));
        self.export.file(&format!("{name}.chain"), chain.as_bytes())?;
        self.export.file(&format!("{name}.ops"), &ops)
    }
}

/// Receipts on their way into an export.
pub struct LinesWriter<'export, W> {
    export: &'export mut ExportWriter<W>,
    folder: String,
    number: u64,
    text: String,
}

impl<W: Write> LinesWriter<'_, W> {
    /// Adds one line of JSON.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn line(&mut self, json: &str) -> Result<(), WriteError> {
        self.text.push_str(json);
        self.text.push('\n');
        if self.text.len() >= CHUNK_BYTES {
            self.close()?;
        }
        Ok(())
    }

    /// Ends the receipts.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.close()
    }

    fn close(&mut self) -> Result<(), WriteError> {
        if self.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.text);
        self.export
            .file(&format!("{}/{:012}", self.folder, self.number), text.as_bytes())?;
        self.number += 1;
        Ok(())
    }
}
