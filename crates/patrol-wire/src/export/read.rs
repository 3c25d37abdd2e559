//! Reading an export as a stream, block by block.
//!
//! Only what an exporter writes is read: a header whose bytes are not exactly those that its name and length call for is
//! refused, and so are padding that is not zero and anything behind the end. So there is no byte in the file that could be
//! another one unnoticed, and none of tar's extensions can ask for memory.

use std::io::{self, Read};

use super::{BLOCK, SEALED_MAGIC, header, padding};

/// The file is not one that an exporter has written, from here on.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The disk refused.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
    /// The file ends before its end mark.
    #[error("the file is cut off at byte {at}")]
    CutOff {
        /// Where.
        at: u64,
    },
    /// Not a tar header as an exporter writes it, or bytes between files that are not zero.
    #[error("the container is not as an exporter writes it at byte {at}")]
    Altered {
        /// Where.
        at: u64,
    },
    /// Bytes behind the end mark.
    #[error("there are bytes behind the end of the export")]
    Trailing,
    /// A sealed export: it has to be opened with the station's recovery key.
    #[error("the export is sealed: open it with the recovery key")]
    Sealed,
}

/// Reads an export's files one after the other.
pub struct ExportReader<R> {
    source: R,
    at: u64,
    /// What is left of the file that was given last.
    left: u64,
    padding: usize,
    is_done: bool,
}

/// One file.
pub struct EntryReader<'export, R> {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    export: &'export mut ExportReader<R>,
}

impl<R: Read> ExportReader<R> {
    /// Reads from the start of an export.
    pub fn new(source: R) -> Self {
        Self {
            source,
            at: 0,
            left: 0,
            padding: 0,
            is_done: false,
        }
    }

    /// The next file; `None` behind the last one. What was not read of the one before is skipped.
    ///
    /// # Errors
    /// [`ContainerError`]; nothing more can be read then.
    pub fn next_entry(&mut self) -> Result<Option<EntryReader<'_, R>>, ContainerError> {
        if self.is_done {
            return Ok(None);
        }
        self.skip()?;
        let at = self.at;
        let block = self.block()?;
        if at == 0 && block.starts_with(&SEALED_MAGIC) {
            return Err(ContainerError::Sealed);
        }
        if block == [0; BLOCK] {
            self.end()?;
            return Ok(None);
        }
        let found = tar::Header::from_byte_slice(&block);
        let altered = |_| ContainerError::Altered { at };
        let bytes = found.entry_size().map_err(altered)?;
        let name = String::from_utf8(found.path_bytes().into_owned()).map_err(|_| ContainerError::Altered { at })?;
        if header(&name, bytes).map_err(altered)?.as_bytes() != &block {
            return Err(ContainerError::Altered { at });
        }
        self.left = bytes;
        self.padding = padding(bytes);
        Ok(Some(EntryReader {
            name,
            bytes,
            export: self,
        }))
    }

    fn end(&mut self) -> Result<(), ContainerError> {
        let at = self.at;
        if self.block()? != [0; BLOCK] {
            return Err(ContainerError::Altered { at });
        }
        self.is_done = true;
        let mut more = [0];
        loop {
            return match self.source.read(&mut more) {
                Ok(0) => Ok(()),
                Ok(_) => Err(ContainerError::Trailing),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error.into()),
            };
        }
    }

    fn skip(&mut self) -> Result<(), ContainerError> {
        let mut buffer = [0; 4096];
        while self.left > 0 {
            self.piece(&mut buffer)?;
        }
        let at = self.at;
        let mut zeros = [0; BLOCK];
        let filling = zeros.get_mut(..self.padding).unwrap_or_default();
        fill(&mut self.source, &mut self.at, filling)?;
        self.padding = 0;
        if zeros == [0; BLOCK] {
            Ok(())
        } else {
            Err(ContainerError::Altered { at })
        }
    }

    fn block(&mut self) -> Result<[u8; BLOCK], ContainerError> {
        let mut block = [0; BLOCK];
        fill(&mut self.source, &mut self.at, &mut block)?;
        Ok(block)
    }

    fn piece(&mut self, buffer: &mut [u8]) -> Result<usize, ContainerError> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let piece = buffer.get_mut(..most).unwrap_or_default();
        fill(&mut self.source, &mut self.at, piece)?;
        self.left -= most as u64;
        Ok(most)
    }
}

impl<R: Read> EntryReader<'_, R> {
    /// The next bytes of the file; 0 at its end.
    ///
    /// # Errors
    /// [`ContainerError`].
    pub fn piece(&mut self, buffer: &mut [u8]) -> Result<usize, ContainerError> {
        self.export.piece(buffer)
    }
}

impl<R: Read> Read for EntryReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.piece(buffer).map_err(|error| match error {
            ContainerError::File(error) => error,
            other => io::Error::new(io::ErrorKind::UnexpectedEof, other),
        })
    }
}

fn fill(source: &mut impl Read, at: &mut u64, buffer: &mut [u8]) -> Result<(), ContainerError> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => return Err(ContainerError::CutOff { at: *at }),
            Ok(read) => {
                filled += read;
                *at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
