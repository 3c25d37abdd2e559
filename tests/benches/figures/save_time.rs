//! `save_time`: one tap on 保存 ÷ the same SQL by bare rusqlite with the same pragmas and a key.
//!
//! The floor runs the very statements of patrol-store, the reads included, in their order, in one immediate transaction,
//! on a file with the same schema and with its statements prepared once. Op, seal and search tokens are made beforehand:
//! what is left over is our own work (sealing, encoding, hashing, folding, dispatch).

use std::path::Path;
use std::sync::Arc;

use patrol_app::{App, Options, Photo};
use patrol_testkit::photo::PhotoBuilder;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::Figure;
use crate::bare_save::Bare;
use crate::watch::{median, millis};

const RUNS: usize = 11;
const CASES_PER_RUN: usize = 60;
const BAR: f64 = 1.3;
/// Without the sync that both wait for, our share shows more.
const WORK_BAR: f64 = 1.5;

pub(crate) fn measure() -> Vec<Figure> {
    let on_disk = tempfile::tempdir().unwrap();
    let mut figures = vec![compare(
        on_disk.path(),
        "save_time",
        BAR,
        "one saved case through the dispatch table ÷ the same SQL, reads included, by bare rusqlite with the same pragmas \
         and key",
    )];
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        let in_memory = tempfile::tempdir_in(memory).unwrap();
        figures.push(compare(
            in_memory.path(),
            "save_work",
            WORK_BAR,
            "the same where a sync costs nothing (/dev/shm): the work alone, ours over SQLite's",
        ));
    }
    figures
}

fn compare(folder: &Path, name: &'static str, bar: f64, means: &'static str) -> Figure {
    let ours = Ours::open(&folder.join("ours"));
    let mut bare = Bare::open(&folder.join("bare.db"));
    let (mut values, mut floors) = (Vec::new(), Vec::new());
    // The first run prepares the statements of both.
    for run in 0..=RUNS {
        let (mut saved, mut written) = (Vec::new(), Vec::new());
        for _ in 0..CASES_PER_RUN {
            ours.prepare();
            bare.prepare();
            saved.push(millis(|| ours.save()));
            written.push(millis(|| bare.save()));
        }
        if run > 0 {
            values.push(median(&mut saved));
            floors.push(median(&mut written));
        }
    }
    Figure::against(name, &values, &floors, "ms", bar, means)
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
            ..Photo::default()
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
