//! One page of a table's tree: its kind, its cells, its children (SQLite file format, section 1.6).
//!
//! Reads arbitrary bytes: what points outside its page is nothing.

use super::cipher::PAGE;
use super::record::varint;

/// A file begins with 100 bytes of its own, which push the first page's tree back.
const FILE_HEADER: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Points to pages below, with the highest row number of each.
    Interior,
    /// Holds rows.
    Leaf,
    /// Page of an index or of a table without row numbers; its rows stand in no order that a row number gives.
    Index,
}

/// A page that has the form of a tree's page.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreePage<'page> {
    page: &'page [u8],
    pub(super) kind: Kind,
    /// Where the tree's header begins.
    header: usize,
    pub(super) cells: usize,
}

/// A page below another, with the highest row number that it may hold; the last one has no bound.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child {
    pub(super) page: u32,
    pub(super) up_to: Option<i64>,
}

/// A row as it stands in its leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeafCell<'page> {
    pub(super) rowid: i64,
    /// Bytes of the whole record.
    pub(super) length: usize,
    /// Its beginning.
    pub(super) local: &'page [u8],
    /// Where it goes on.
    pub(super) overflow: Option<u32>,
}

impl<'page> TreePage<'page> {
    /// `None` for a page that no tree has: overflow, free, or rubbish.
    pub(super) fn read(number: u32, page: &'page [u8]) -> Option<Self> {
        let header = if number == 1 { FILE_HEADER } else { 0 };
        let kind = match page.get(header)? {
            0x05 => Kind::Interior,
            0x0d => Kind::Leaf,
            0x02 | 0x0a => Kind::Index,
            _ => return None,
        };
        let cells = usize::from(u16_at(page, header + 3)?);
        let read = Self {
            page,
            kind,
            header,
            cells,
        };
        (read.pointers() + 2 * cells <= page.len()).then_some(read)
    }

    /// A leaf whose pointers all point into it; rubbish hardly passes for one.
    pub(super) fn is_sound_leaf(&self) -> bool {
        self.kind == Kind::Leaf && self.cells > 0 && (0..self.cells).all(|index| self.cell(index).is_some())
    }

    /// The children in the order of their rows; `None` in place of one that cannot be read.
    pub(super) fn children(&self) -> Vec<Option<Child>> {
        let child = |index| {
            let (page, rest) = self.cell(index)?.split_first_chunk()?;
            let (key, _) = varint(rest)?;
            Some(Child {
                page: u32::from_be_bytes(*page),
                up_to: Some(key.cast_signed()),
            })
        };
        let last = u32_at(self.page, self.header + 8).map(|page| Child { page, up_to: None });
        (0..self.cells).map(child).chain([last]).collect()
    }

    /// A row's cell; `None` when it does not parse within its page.
    pub(super) fn leaf_cell(&self, index: usize) -> Option<LeafCell<'page>> {
        let (length, rest) = varint(self.cell(index)?)?;
        let (rowid, rest) = varint(rest)?;
        let length = usize::try_from(length).ok()?;
        let (local, rest) = rest.split_at_checked(local_length(length, self.page.len())?)?;
        let overflow = if local.len() < length {
            Some(u32::from_be_bytes(*rest.first_chunk()?))
        } else {
            None
        };
        Some(LeafCell {
            rowid: rowid.cast_signed(),
            length,
            local,
            overflow,
        })
    }

    /// From where a cell begins to the end of the page.
    fn cell(&self, index: usize) -> Option<&'page [u8]> {
        let pointers = self.pointers();
        let start = usize::from(u16_at(self.page, pointers + 2 * index)?);
        if start < pointers + 2 * self.cells {
            return None;
        }
        self.page.get(start..).filter(|cell| !cell.is_empty())
    }

    /// Where the pointers to the cells begin.
    fn pointers(&self) -> usize {
        let length = if self.kind == Kind::Leaf || self.is_index_leaf() {
            8
        } else {
            12
        };
        self.header + length
    }

    fn is_index_leaf(&self) -> bool {
        self.page.get(self.header) == Some(&0x0a)
    }
}

/// How many bytes of a record of `length` bytes stand in its leaf, of which `usable` bytes can be used (section 1.6:
/// X, M and K).
fn local_length(length: usize, usable: usize) -> Option<usize> {
    let most = usable.checked_sub(35)?;
    if length <= most {
        return Some(length);
    }
    let least = (usable.checked_sub(12)? * 32 / 255).checked_sub(23)?;
    let fitting = least + length.checked_sub(least)? % usable.checked_sub(4)?;
    Some(if fitting <= most { fitting } else { least })
}

/// What the head of the first page says about the file (section 1.3).
#[derive(Debug, Clone, Copy)]
pub(super) struct FileHeader {
    /// Pages that the file has; `None` when the field is not kept up.
    pub(super) pages: Option<u32>,
    /// First page of the list of free pages, 0 for none.
    pub(super) first_free: u32,
    pub(super) free: u32,
}

impl FileHeader {
    /// `None` for a file of none of ours: no magic words, or pages of another size.
    pub(super) fn read(page: &[u8], magic: &[u8]) -> Option<Self> {
        if !page.starts_with(magic) || usize::from(u16_at(page, 16)?) != PAGE {
            return None;
        }
        let kept_up = u32_at(page, 24)? == u32_at(page, 92)?;
        Some(Self {
            pages: u32_at(page, 28).filter(|&pages| kept_up && pages > 0),
            first_free: u32_at(page, 32)?,
            free: u32_at(page, 36)?,
        })
    }
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
