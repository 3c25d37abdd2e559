//! A phone whose clock is moved by hand, driven through the dispatch table as a page drives it.

use std::cell::RefCell;
use std::sync::Arc;

use patrol_app::{App, KeyError, Keys, MachineDisk, Network, Options, Photo, Ports, SealedRoot};
use patrol_domain::case::Case;
use patrol_testkit::photo::PhotoBuilder;
use patrol_testkit::{HandClock, SeededRandomness};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The secrets of a phone that never meets a station.
struct PhoneKeys;

impl Keys for PhoneKeys {
    fn root(&self) -> Result<[u8; 32], KeyError> {
        Ok([7; 32])
    }

    fn device_key(&self) -> Result<Vec<u8>, KeyError> {
        Ok(vec![4; 65])
    }

    fn seal_root(&self, _: &[u8], _: &[u8]) -> Result<SealedRoot, KeyError> {
        Err(KeyError::Unreadable("this phone has no station".into()))
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], KeyError> {
        Err(KeyError::Unreadable("this phone has no station".into()))
    }
}

pub(crate) struct Phone {
    pub(crate) clock: HandClock,
    folder: TempDir,
    app: RefCell<Option<Arc<App>>>,
    runtime: Runtime,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let phone = Self {
            clock: HandClock::new(1_781_745_128_000),
            folder: tempfile::tempdir().unwrap(),
            app: RefCell::default(),
            runtime: Builder::new_multi_thread().worker_threads(1).build().unwrap(),
        };
        phone.reopen();
        phone
    }

    /// Ends the program without a word and starts it anew.
    pub(crate) fn reopen(&self) -> &Self {
        self.app.replace(None);
        let options = Options {
            data: self.folder.path().to_owned(),
            demo_photos: None,
        };
        let ports = Ports {
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(SeededRandomness::new(u64::try_from(self.clock.at().boot_ms.0).unwrap())),
            keys: Arc::new(PhoneKeys),
            network: Arc::new(Network::Unknown),
            disk: Arc::new(MachineDisk),
        };
        self.app.replace(Some(Arc::new(App::open(&options, ports).unwrap())));
        self
    }

    fn app(&self) -> Arc<App> {
        Arc::clone(self.app.borrow().as_ref().unwrap())
    }

    /// Runs a command that goes well.
    pub(crate) fn call(&self, command: &str, args: Value) -> Value {
        let answer = self.runtime.block_on(self.app().dispatch(command, args, None));
        answer.unwrap_or_else(|reply| panic!("{command}: {reply:?}"))
    }

    /// Runs a command that is refused; the code.
    pub(crate) fn refused(&self, command: &str, args: Value) -> String {
        let answer = self.runtime.block_on(self.app().dispatch(command, args, None));
        let code = serde_json::to_value(answer.unwrap_err().code).unwrap();
        code.as_str().unwrap().to_owned()
    }

    fn hand_over(&self, command: &str, photo: Photo) -> Value {
        let app = self.app();
        self.runtime
            .block_on(app.dispatch(command, Value::Null, Some(photo)))
            .unwrap()
    }

    /// Puts a picture on the draft in hand.
    pub(crate) fn shoot(&self, seed: u64, source: &str, slot: Option<&str>) -> Value {
        let photo = Photo {
            bytes: PhotoBuilder::new(seed).without_exif().build(),
            source: source.into(),
            slot: slot.map(str::to_owned),
            shot: None,
        };
        self.hand_over("draft_add_photo", photo)
    }

    /// Hands over what the page's own camera took.
    pub(crate) fn finish(&self, shot: &str, seed: u64) -> Value {
        let photo = Photo {
            bytes: PhotoBuilder::new(seed).without_exif().build(),
            shot: Some(shot.into()),
            ..Photo::default()
        };
        self.hand_over("draft_finish_shot", photo)
    }

    /// Says that it is a parked car with this plate.
    pub(crate) fn type_plate(&self, plate: &str) -> Value {
        let typed = json!({ "matter": "PK01", "plate": plate, "street": null, "note": "" });
        self.call("draft_write", typed)
    }

    /// The phone finds out where it is.
    pub(crate) fn here(&self, lat_e7: i64, lon_e7: i64, accuracy_mm: i64) {
        let report = json!({
            "lat_e7": lat_e7, "lon_e7": lon_e7, "accuracy_mm": accuracy_mm, "provider": "gnss", "is_mock": false,
        });
        self.call("draft_here", report);
    }

    /// Saves the draft in hand; the case.
    pub(crate) fn save(&self) -> String {
        let saved = self.call("draft_save", json!({}));
        saved["case_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn case(&self, id: &str) -> Case {
        self.app().case_history(id.parse().unwrap()).unwrap().case
    }

    /// Puts a catalogue into the data folder.
    pub(crate) fn put_pack(&self, text: &str) {
        let folder = self.folder.path().join("packs");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("catalogue.toml"), text).unwrap();
    }
}
