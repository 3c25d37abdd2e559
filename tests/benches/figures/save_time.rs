//! `save_time`: one tap on 保存 ÷ the same SQL by bare rusqlite with the same pragmas and a key.
//!
//! The floor runs the very statements of patrol-store on a file with the same schema, in one transaction, with the op's
//! bytes made beforehand: what is left over is our own work (reading the draft, sealing, encoding, hashing, dispatch).

use std::path::Path;
use std::sync::Arc;

use patrol_app::{App, Options, Photo};
use patrol_sqlite::rusqlite::{Connection, named_params};
use patrol_testkit::photo::PhotoBuilder;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::Figure;
use crate::watch::{median, millis};

const RUNS: usize = 7;
const CASES_PER_RUN: usize = 60;
const BAR: f64 = 1.5;

pub(crate) fn measure() -> Figure {
    let folder = tempfile::tempdir().unwrap();
    let ours = Ours::open(&folder.path().join("ours"));
    let mut bare = Bare::open(&folder.path().join("bare.db"));
    let (mut values, mut floors, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (mut saved, mut written) = (Vec::new(), Vec::new());
        for _ in 0..CASES_PER_RUN {
            ours.prepare();
            saved.push(millis(|| ours.save()));
            bare.prepare();
            written.push(millis(|| bare.save()));
        }
        let (value, floor) = (median(&mut saved), median(&mut written));
        values.push(value);
        floors.push(floor);
        ratios.push(value / floor);
    }
    let ratio = median(&mut ratios.clone());
    Figure {
        name: "save_time",
        value: median(&mut values),
        unit: "ms",
        floor: median(&mut floors),
        ratio,
        bar: BAR,
        ok: ratio <= BAR,
        spread: [
            ratios.iter().copied().fold(f64::MAX, f64::min),
            ratios.iter().copied().fold(0.0, f64::max),
        ],
        runs: RUNS,
        means: "one saved case through the dispatch table ÷ the same SQL by bare rusqlite with the same pragmas and key",
    }
}

struct Ours {
    runtime: Runtime,
    app: Arc<App>,
    photo: Vec<u8>,
}

impl Ours {
    fn open(data: &Path) -> Self {
        let ports = patrol_host::desktop_ports(data).unwrap();
        let app = Arc::new(
            App::open(
                &Options {
                    data: data.to_owned(),
                    demo_photos: None,
                },
                ports,
            )
            .unwrap(),
        );
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Self {
            runtime,
            app,
            photo: PhotoBuilder::new(1).size(640, 480).build(),
        }
    }

    fn call(&self, command: &str, args: Value, photo: Option<Photo>) {
        self.runtime.block_on(self.app.dispatch(command, args, photo)).unwrap();
    }

    fn prepare(&self) {
        let photo = Photo {
            bytes: self.photo.clone(),
            source: "camera".into(),
        };
        self.call("draft_add_photo", Value::Null, Some(photo));
        let fields =
            json!({ "matter": "PK01", "plate": "苏A8K3R7", "street": "liuye", "note": "车主不在场，已贴告知单。" });
        self.call("draft_write", fields, None);
    }

    fn save(&self) {
        self.call("draft_save", json!({}), None);
    }
}

/// The statements of patrol-store, without patrol-store.
struct Bare {
    connection: Connection,
    seq: i64,
}

macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("../../../crates/patrol-store/src/", $name, ".sql"))
    };
}

const LOG: [u8; 16] = [1; 16];
const HASH: [u8; 32] = [2; 32];
/// What such a case is found by.
const GRAMS: &str = " 30z36 36z31 31z38 38z 30z30 30z31 31z 82cfz61 61z38 38z6b 6bz33 33z72 72z37 37z 8f66z4e3b 4e3bz4e0d \
                     4e0dz5728 5728z573a 573az 5df2z8d34 8d34z544a 544az77e5 77e5z5355 5355z m504b3031 s6c69757965";

impl Bare {
    fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection
            .pragma_update(None, "key", format!("x'{}'", "5a".repeat(48)))
            .unwrap();
        let _: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .unwrap();
        connection
            .execute_batch(include_str!("../../../crates/patrol-sqlite/src/sql/settings.sql"))
            .unwrap();
        connection.execute_batch(sql!("migrations/0001_phone")).unwrap();
        connection.execute_batch(sql!("migrations/0002_memory")).unwrap();
        connection
            .execute(sql!("journal/insert_log"), (LOG.as_slice(), [3u8; 16].as_slice()))
            .unwrap();
        let thumbnail = vec![0x5a; 12_000];
        let insert = connection.execute(
            sql!("photo/insert_photo"),
            (
                HASH.as_slice(),
                30_000,
                "image/jpeg",
                "camera",
                640,
                480,
                None::<String>,
                None::<String>,
                None::<String>,
                thumbnail,
            ),
        );
        insert.unwrap();
        Self { connection, seq: 0 }
    }

    fn prepare(&mut self) {
        self.connection
            .execute(sql!("draft/insert_photo"), (HASH.as_slice(), "scene"))
            .unwrap();
        let fields = (
            Some("PK01"),
            "苏A8K3R7",
            Some("liuye"),
            "车主不在场，已贴告知单。",
            1_781_745_128_000_i64,
        );
        self.connection.execute(sql!("draft/write_draft"), fields).unwrap();
    }

    fn save(&mut self) {
        self.seq += 1;
        let (seq, id) = (self.seq, u128::try_from(self.seq).unwrap().to_be_bytes());
        let op = vec![b'x'; 1_100];
        let tx = self.connection.transaction().unwrap();
        let run = |sql: &str, values: &[&dyn patrol_sqlite::rusqlite::ToSql]| {
            tx.prepare_cached(sql).unwrap().execute(values).unwrap();
        };
        run(
            sql!("journal/insert_op"),
            &[&LOG.as_slice(), &seq, &id.as_slice(), &op, &HASH.as_slice()],
        );
        run(
            sql!("journal/insert_part"),
            &[
                &LOG.as_slice(),
                &seq,
                &"note",
                &HASH.as_slice(),
                &"车主不在场，已贴告知单。",
            ],
        );
        let place = (1 << 40) + seq;
        let number: i64 = tx
            .prepare_cached(sql!("case/next_number"))
            .unwrap()
            .query_row(["0618-"], |row| row.get(0))
            .unwrap();
        run(sql!("case/upsert_op"), &[&id.as_slice(), &id.as_slice(), &place]);
        let case = named_params! {
            ":place_order": place, ":case_id": id.as_slice(), ":log": LOG.as_slice(), ":seq": seq, ":state": 1,
            ":number": format!("0618-{number:03}"), ":matter": "PK01", ":plate_text": "苏A8K3R7",
            ":plate_kind": "ordinary", ":fix": "{\"lat_e7\":323412586,\"lon_e7\":1188403172}",
            ":lat_e7": 323_412_586, ":lon_e7": 1_188_403_172, ":community": "320116006009", ":street": "liuye",
            ":note": "车主不在场，已贴告知单。", ":opened_ms": 1_781_745_128_000_i64, ":tz": 480, ":steps": 0,
            ":amendments": 0,
        };
        tx.prepare_cached(sql!("case/upsert_case"))
            .unwrap()
            .execute(case)
            .unwrap();
        run(
            sql!("case/insert_photo"),
            &[
                &id.as_slice(),
                &0,
                &HASH.as_slice(),
                &30_000,
                &"scene",
                &1,
                &LOG.as_slice(),
                &seq,
            ],
        );
        run(sql!("case/insert_search"), &[&place, &GRAMS]);
        run(sql!("draft/delete_photos"), &[]);
        run(sql!("draft/empty_draft"), &[]);
        tx.commit().unwrap();
    }
}
