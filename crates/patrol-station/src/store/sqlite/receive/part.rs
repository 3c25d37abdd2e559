//! A part as it grows, and what its bytes are.

use std::io;

use patrol_sqlite::DiskWrite;

use crate::durable::{Content, ContentStream};

/// A part that one request writes.
pub(in super::super) struct Part {
    file: Box<dyn DiskWrite>,
    /// How long it was when the request began.
    from: u64,
    /// What the bytes are, as long as all of them went through here.
    content: Option<ContentStream>,
}

impl Part {
    /// A part of `from` bytes, to be written on.
    pub(super) fn new(file: Box<dyn DiskWrite>, from: u64) -> Self {
        Self {
            file,
            from,
            content: (from == 0).then(ContentStream::new),
        }
    }

    /// Writes on behind its end.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.file.write_all(bytes)?;
        if let Some(content) = &mut self.content {
            content.update(bytes);
        }
        Ok(())
    }

    /// Makes its bytes durable; its name is its folder's to keep.
    pub(in super::super) fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }

    /// Takes back what this request wrote.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        self.content = None;
        self.file.truncate(self.from)?;
        self.file.sync()
    }

    /// What its bytes are, when this request has written every one of them; nothing after a resumption.
    ///
    /// Reading them back from the file would show no more: they would come from the page cache, where the very same
    /// bytes were put a moment ago. What an earlier request left is another matter: a power cut may have torn it.
    pub(in super::super) fn content(&mut self) -> Option<Content> {
        self.content.take().map(ContentStream::finish)
    }
}
