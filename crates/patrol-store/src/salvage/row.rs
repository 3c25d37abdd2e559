//! Rows of a damaged file, told apart: by the name of their table where it could still be read, else by their shape.

use patrol_sqlite::SalvagedRow;
use patrol_sqlite::rusqlite::types::Value;

/// The values of one row; the value of an `INTEGER PRIMARY KEY` is put back where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row(pub(super) Vec<Value>);

/// What stands in a column, as far as it tells one table from another.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// The row's number.
    Number,
    Integer,
    Text,
    Bytes(usize),
    AnyBytes,
    /// This, or nothing.
    Maybe(&'static Shape),
}

use Shape::{AnyBytes, Bytes, Integer, Maybe, Number, Text};

/// A table and what its rows look like.
pub(super) struct Kind {
    pub(super) table: &'static str,
    /// Rows of this table are only ever added, so that one on a page without its table is a row all the same.
    pub(super) is_kept_for_ever: bool,
    columns: &'static [Shape],
}

/// All tables whose rows are worth saving, and the cases' view, which tells of ops that are gone; the other views are made
/// again, and an install is another one afterwards.
pub(super) const KINDS: [Kind; 24] = [
    kept("journal_log", &[Bytes(16), Integer, Bytes(16)]),
    kept("journal_op", &[Bytes(16), Integer, Bytes(16), AnyBytes, Bytes(32)]),
    kept("journal_part", &[Bytes(16), Integer, Text, Bytes(32), Text]),
    kept(
        "photo",
        &[
            Bytes(32),
            Integer,
            Text,
            Text,
            Integer,
            Integer,
            Maybe(&Text),
            Maybe(&Text),
            Maybe(&Text),
            AnyBytes,
        ],
    ),
    kept(
        "view_case",
        &[
            Number,
            Bytes(16),
            Bytes(16),
            Integer,
            Integer,
            Text,
            Text,
            Maybe(&Text),
            Maybe(&Text),
            Maybe(&Text),
            Maybe(&Integer),
            Maybe(&Integer),
            Maybe(&Text),
            Maybe(&Text),
            Text,
            Integer,
            Integer,
            Integer,
            Integer,
        ],
    ),
    kept("journal_gap", &[Bytes(16), Integer, Integer]),
    kept("case_number", &[Text, Integer]),
    changing(
        "draft",
        &[
            Number,
            Maybe(&Bytes(16)),
            Maybe(&Text),
            Text,
            Maybe(&Text),
            Text,
            Maybe(&Integer),
        ],
    ),
    changing("draft_photo", &[Number, Bytes(32), Text]),
    changing(
        "draft_case",
        &[
            Number,
            Bytes(16),
            Maybe(&Integer),
            Maybe(&Text),
            Text,
            Maybe(&Text),
            Text,
            Text,
            Text,
            Maybe(&Text),
            Maybe(&Integer),
            Text,
            Maybe(&Integer),
            Maybe(&Bytes(16)),
        ],
    ),
    changing(
        "draft_case_photo",
        &[
            Number,
            Bytes(16),
            Bytes(32),
            Text,
            Maybe(&Text),
            Maybe(&Integer),
            Maybe(&Integer),
            Maybe(&Text),
            Maybe(&Text),
        ],
    ),
    changing(
        "shot",
        &[
            Text,
            Bytes(16),
            Text,
            Integer,
            Maybe(&Text),
            Maybe(&Integer),
            Maybe(&Text),
        ],
    ),
    changing("photo_found", &[Bytes(32), Integer, Integer]),
    changing("act_draft", &[Bytes(16), Text, Text, Integer]),
    changing("salvage_told", &[Number, Text, Integer, Integer, Maybe(&Integer)]),
    changing(
        "sync_station",
        &[
            Number,
            Text,
            AnyBytes,
            Text,
            AnyBytes,
            AnyBytes,
            Text,
            Text,
            Text,
            Text,
            Integer,
            Maybe(&AnyBytes),
            Maybe(&AnyBytes),
            Integer,
            Maybe(&Integer),
            Text,
        ],
    ),
    changing("sync_enrolment", &[Text, Text]),
    changing(
        "sync_log",
        &[Bytes(16), Integer, Bytes(32), Text, Integer, Integer, Text, Text],
    ),
    changing(
        "sync_photo",
        &[
            Bytes(32),
            Integer,
            Integer,
            Maybe(&Integer),
            Maybe(&Text),
            Maybe(&Text),
            Integer,
        ],
    ),
    changing("sync_setting", &[Number, Integer, Integer]),
    changing("person", &[Bytes(16), Text, Text, Integer]),
    changing(
        "person_pin",
        &[
            Bytes(16),
            Bytes(16),
            Bytes(32),
            Integer,
            Integer,
            Integer,
            Integer,
            Text,
            Integer,
        ],
    ),
    changing("preference", &[Number, Text, Text, Text, Text, Integer, Integer]),
    changing(
        "track_pending",
        &[Number, Bytes(16), Integer, Integer, Integer, Text, Integer, Integer],
    ),
];

const fn kept(table: &'static str, columns: &'static [Shape]) -> Kind {
    Kind {
        table,
        is_kept_for_ever: true,
        columns,
    }
}

const fn changing(table: &'static str, columns: &'static [Shape]) -> Kind {
    Kind {
        table,
        is_kept_for_ever: false,
        columns,
    }
}

/// Which table a row belongs to; `None` for one that is not worth saving, or that is no row of ours.
pub(super) fn tell(row: &SalvagedRow) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| match &row.table {
        Some(table) => table == kind.table && fits(kind, row),
        None => fits(kind, row),
    })
}

/// The row's values in the order of the columns, a column that was added after it was written with its default.
pub(super) fn values(kind: &Kind, row: SalvagedRow) -> Row {
    let mut values = row.values;
    if let (Some(Number), Some(first)) = (kind.columns.first(), values.first_mut()) {
        *first = Value::Integer(row.rowid);
    }
    values.extend(added_later(kind.table, values.len()).unwrap_or_default());
    Row(values)
}

/// The defaults of the columns that a later migration added to a row of `length` values.
fn added_later(table: &str, length: usize) -> Option<Vec<Value>> {
    match (table, length) {
        ("draft_case", 13) => Some(vec![Value::Null]),
        ("draft_photo", 2) => Some(vec![Value::Text("scene".into())]),
        ("sync_station", 11) => Some(vec![
            Value::Null,
            Value::Null,
            Value::Integer(0),
            Value::Null,
            Value::Text("active".into()),
        ]),
        ("photo_found", 2) => Some(vec![Value::Integer(0)]),
        ("shot", 4) => Some(vec![Value::Null, Value::Null, Value::Null]),
        ("sync_photo", 6) => Some(vec![Value::Integer(0)]),
        _ => None,
    }
}

fn fits(kind: &Kind, row: &SalvagedRow) -> bool {
    let was_shorter = added_later(kind.table, row.values.len()).is_some();
    (row.values.len() == kind.columns.len() || was_shorter)
        && row
            .values
            .iter()
            .zip(kind.columns)
            .all(|(value, shape)| is_of(value, *shape))
}

fn is_of(value: &Value, shape: Shape) -> bool {
    match (shape, value) {
        (Number | Maybe(_), Value::Null)
        | (Integer, Value::Integer(_))
        | (Text, Value::Text(_))
        | (AnyBytes, Value::Blob(_)) => true,
        (Bytes(length), Value::Blob(blob)) => blob.len() == length,
        (Maybe(shape), value) => is_of(value, *shape),
        _ => false,
    }
}
