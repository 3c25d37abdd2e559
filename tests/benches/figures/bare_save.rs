//! What a save asks of SQLite, statement by statement, and nothing else.
//!
//! The list follows `Store::save_draft`: read the draft, the station's time and the last number; append op and part;
//! write the case, its photo and its search tokens; take the draft away.

use std::path::Path;

use patrol_domain::{Op, Part, Sha256Hash};
use patrol_sqlite::rusqlite::types::Value;
use patrol_sqlite::rusqlite::{
    Connection, OptionalExtension as _, ToSql, Transaction, TransactionBehavior, named_params,
};
use patrol_testkit::op;

use crate::bare::{self, run, sql};

const LOG: [u8; 16] = [1; 16];
const PHOTO: [u8; 32] = [2; 32];
const DRAFT: [u8; 16] = [4; 16];
const NOTE: &str = "车主不在场，已贴告知单。";
const BOOT: &str = "5f2c1d0e-8c3b-4f6e-9a7d-0b1c2d3e4f50";
/// What such a case is found by, beside its number.
const GRAMS: &str = " 82cfz61 61z38 38z6b 6bz33 33z72 72z37 37z 8f66z4e3b 4e3bz4e0d \
                     4e0dz5728 5728z573a 573az 5df2z8d34 8d34z544a 544az77e5 77e5z5355 5355z m504b3031 s6c69757965";

pub(super) struct Bare {
    connection: Connection,
    seq: i64,
    next: Option<Next>,
}

/// What the product makes itself.
struct Next {
    case: [u8; 16],
    op: Op,
    part: Part,
    bytes: Vec<u8>,
    hash: Sha256Hash,
    grams: String,
}

impl Bare {
    pub(super) fn open(path: &Path) -> Self {
        let connection = bare::begin(path);
        connection
            .execute(sql!("journal/insert_log"), (LOG.as_slice(), [3u8; 16].as_slice()))
            .unwrap();
        let thumbnail = vec![0x5a; 12_000];
        let none = None::<String>;
        let photo = (
            PHOTO,
            30_000,
            "image/jpeg",
            "camera",
            640,
            480,
            &none,
            &none,
            &none,
            thumbnail,
        );
        connection.execute(sql!("photo/insert_photo"), photo).unwrap();
        Self {
            connection,
            seq: 0,
            next: None,
        }
    }

    pub(super) fn prepare(&mut self) {
        self.connection.execute(sql!("draft/begin"), [DRAFT]).unwrap();
        let (none, wall_ms) = (None::<String>, 1_781_745_128_000_i64);
        let photo = (DRAFT, PHOTO, "scene", &none, wall_ms, 60_000, BOOT, &none);
        self.connection.execute(sql!("draft/insert_photo"), photo).unwrap();
        let fields = (Some("PK01"), "苏A8K3R7", Some("liuye"), NOTE, "", "", wall_ms);
        self.connection.execute(sql!("draft/write_draft"), fields).unwrap();
        self.seq += 1;
        let (op, parts) = op::case_opened(self.seq.unsigned_abs(), &[op::photo_ref(&PHOTO)], Some(NOTE));
        let bytes = op.encode().unwrap().into_vec();
        let digits: Vec<u32> = format!("{:04}", self.seq).chars().map(u32::from).collect();
        let number: Vec<String> = digits
            .windows(2)
            .map(|pair| format!("{:x}z{:x}", pair[0], pair[1]))
            .collect();
        self.next = Some(Next {
            case: *op.case.unwrap().as_bytes(),
            hash: Sha256Hash::of(&bytes),
            part: parts.into_iter().next().unwrap(),
            op,
            bytes,
            grams: format!(" 30z36 36z31 31z38 38z {}{GRAMS}", number.join(" ")),
        });
    }

    pub(super) fn save(&mut self) {
        let next = self.next.take().unwrap();
        let seq = self.seq;
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .unwrap();
        let number = read(&tx, seq);
        append(&tx, seq, &next);
        show(&tx, seq, number, &next);
        run(&tx, sql!("draft/delete_photos"), &[&DRAFT]);
        run(&tx, sql!("draft/delete_draft"), &[&DRAFT]);
        tx.commit().unwrap();
    }
}

/// Everything that is read before the op is made; the case's number.
fn read(tx: &Transaction<'_>, seq: i64) -> i64 {
    one(tx, sql!("draft/read_draft"), &[]);
    assert_eq!(bare::read(tx, sql!("draft/list_photos"), &[&DRAFT]), 1);
    one(tx, sql!("journal/find_log"), &[]);
    one(tx, sql!("outbox/find_beacon"), &[&LOG]);
    one(tx, sql!("outbox/find_clock"), &[&BOOT]);
    let number = tx
        .prepare_cached(sql!("case/next_number"))
        .unwrap()
        .query_row(["0618-"], |row| row.get(0))
        .unwrap();
    assert_eq!(number, seq);
    number
}

fn append(tx: &Transaction<'_>, seq: i64, next: &Next) {
    one(tx, sql!("journal/find_log"), &[]);
    one(tx, sql!("journal/find_head"), &[&LOG]);
    let Next {
        op, part, bytes, hash, ..
    } = next;
    run(
        tx,
        sql!("journal/insert_op"),
        &[&LOG, &seq, op.id.as_bytes(), bytes, hash.as_bytes()],
    );
    run(
        tx,
        sql!("journal/insert_part"),
        &[&LOG, &seq, &part.field, &part.salt.0, &part.value],
    );
}

fn show(tx: &Transaction<'_>, seq: i64, number: i64, next: &Next) {
    let Next { case, op, grams, .. } = next;
    let place = (1 << 40) + seq;
    one(tx, sql!("case/find_op"), &[case]);
    run(tx, sql!("case/upsert_op"), &[case, op.id.as_bytes(), &place]);
    let row = named_params! {
        ":place_order": place, ":case_id": case, ":log": LOG, ":seq": seq, ":state": 1,
        ":number": format!("0618-{number:03}"), ":matter": "PK01", ":plate_text": "苏A8K3R7",
        ":plate_kind": "ordinary", ":fix": "{\"lat_e7\":323412586,\"lon_e7\":1188403172}",
        ":lat_e7": 323_412_586, ":lon_e7": 1_188_403_172, ":community": "320116006009", ":street": "liuye",
        ":note": NOTE, ":opened_ms": 1_781_745_128_000_i64, ":tz": 480, ":steps": 0, ":amendments": 0,
    };
    tx.prepare_cached(sql!("case/upsert_case"))
        .unwrap()
        .execute(row)
        .unwrap();
    run(
        tx,
        sql!("case/insert_photo"),
        &[case, &0, &PHOTO, &30_000, &"scene", &1, &LOG, &seq],
    );
    run(tx, sql!("outbox/expect_photo"), &[&PHOTO]);
    run(tx, sql!("case/insert_search"), &[&place, grams]);
}

/// One row or none, every column read.
fn one(tx: &Transaction<'_>, sql: &str, values: &[&dyn ToSql]) {
    let mut statement = tx.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let row = statement.query_row(values, |row| {
        (0..columns).map(|column| row.get::<_, Value>(column)).collect()
    });
    let row: Option<Vec<Value>> = row.optional().unwrap();
    std::hint::black_box(row);
}
