//! The list of tables: their names and where their trees begin.

use std::collections::HashMap;

use rusqlite::types::Value;

use super::page::TreePage;
use super::tree::Walk;

/// What SQLite calls the list.
const NAME: &str = "sqlite_schema";

/// A table of the file.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    /// The page where its tree begins.
    pub(super) root: u32,
}

/// The tables, in the order of the list. When the first page is damaged, its tree is lost but not its leaves: those
/// with the list's shape are taken for it, except where two of them disagree.
pub(super) fn read(walk: &mut Walk<'_>, first_page_read: bool, leaves: &[u32]) -> Vec<Table> {
    let starts = if first_page_read {
        vec![1]
    } else {
        let looks = |leaf: &u32| looks_like_schema(walk, *leaf);
        leaves.iter().copied().filter(looks).collect()
    };
    let mut rows = Vec::new();
    for start in starts {
        for leaf in walk.leaves(start, Some(NAME)) {
            walk.rows(leaf, Some(NAME), &mut |row| rows.push(row.values));
        }
    }
    let tables: Vec<Table> = rows.iter().filter_map(|values| table(values)).collect();
    let mut names: HashMap<u32, Vec<&str>> = HashMap::new();
    for table in &tables {
        names.entry(table.root).or_default().push(&table.name);
    }
    let is_alone = |table: &&Table| names.get(&table.root).is_some_and(|names| names.len() == 1);
    tables.iter().filter(is_alone).cloned().collect()
}

/// Every row of the leaf that fits into it has the shape of the list's rows. Looks at no overflow page.
fn looks_like_schema(walk: &mut Walk<'_>, leaf: u32) -> bool {
    let Some(page) = walk.pages.page(leaf) else {
        return false;
    };
    let Some(page) = TreePage::read(leaf, &page) else {
        return false;
    };
    let mut rows = (0..page.cells).filter_map(|index| {
        let cell = page.leaf_cell(index).filter(|cell| cell.overflow.is_none())?;
        super::record::values(cell.local)
    });
    rows.next().is_some_and(|first| is_entry(&first)) && rows.all(|row| is_entry(&row))
}

fn is_entry(values: &[Value]) -> bool {
    let [
        Value::Text(kind),
        Value::Text(_),
        Value::Text(_),
        Value::Integer(_),
        Value::Text(_) | Value::Null,
    ] = values
    else {
        return false;
    };
    matches!(kind.as_str(), "table" | "index" | "view" | "trigger")
}

fn table(values: &[Value]) -> Option<Table> {
    let [Value::Text(kind), Value::Text(name), _, Value::Integer(root), ..] = values else {
        return None;
    };
    // A virtual table has no tree of its own.
    let root = u32::try_from(*root).ok().filter(|&root| root > 1)?;
    (kind == "table").then(|| Table {
        name: name.clone(),
        root,
    })
}
