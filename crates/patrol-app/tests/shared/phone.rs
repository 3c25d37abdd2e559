//! A phone on real files, with clocks that are moved by hand.

use std::path::PathBuf;
use std::sync::Arc;

use patrol_app::{App, ErrorCode, ErrorReply, Options, Photo, Ports};
use patrol_testkit::HandClock;
use patrol_testkit::photo::PhotoBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// 23 November 2026, 09:40 in China.
pub(crate) const START_MS: i64 = 1_795_398_000_000;

/// A phone that can be killed and started again.
pub(crate) struct Phone {
    pub(crate) app: Arc<App>,
    pub(crate) clock: HandClock,
    ports: Ports,
    data: PathBuf,
    pictures: u64,
    folder: TempDir,
}

impl Phone {
    /// New.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("phone");
        let clock = HandClock::new(START_MS);
        clock.set_zone(480);
        let ports = Ports {
            clock: Arc::new(clock.clone()),
            ..patrol_host::desktop_ports(&data).unwrap()
        };
        Self {
            app: open(&data, &ports),
            clock,
            ports,
            data,
            pictures: 0,
            folder,
        }
    }

    /// The program is gone without a word, and starts again.
    pub(crate) fn kill(&mut self) {
        self.app = open(&self.data, &self.ports);
    }

    /// The phone is switched off and on.
    pub(crate) fn reboot(&mut self) {
        self.clock.reboot();
        self.kill();
    }

    /// A folder that goes with the phone.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) async fn ask(&self, command: &str, args: Value) -> Value {
        let answer = self.app.dispatch(command, args, None).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error:?}"))
    }

    pub(crate) async fn refusal(&self, command: &str, args: Value) -> ErrorCode {
        let answer: Result<Value, ErrorReply> = self.app.dispatch(command, args, None).await;
        answer
            .map(|answer| panic!("{command} answered {answer}"))
            .unwrap_err()
            .code
    }

    /// Records a parking case with one photo; answers its id.
    pub(crate) async fn record(&mut self) -> String {
        self.begin_draft("苏A8K3R7").await;
        let saved = self.ask("draft_save", json!({})).await;
        saved["case_id"].as_str().unwrap().to_owned()
    }

    /// A car with one photo that is not saved yet, on an empty hand; answers the draft's id.
    pub(crate) async fn begin_draft(&mut self, plate: &str) -> String {
        let photo = Photo {
            source: "import".into(),
            ..self.picture()
        };
        self.hand_over("draft_add_photo", photo).await;
        let fields = json!({ "matter": "PK01", "plate": plate, "street": null, "note": "" });
        let draft = self.ask("draft_write", fields).await;
        draft["id"].as_str().unwrap().to_owned()
    }

    /// Hands over what the page's own camera took for a shot that was begun.
    pub(crate) async fn finish_shot(&mut self, begun: &Value) -> Value {
        let photo = Photo {
            shot: begun["name"].as_str().map(str::to_owned),
            ..self.picture()
        };
        self.hand_over("draft_finish_shot", photo).await
    }

    async fn hand_over(&self, command: &str, photo: Photo) -> Value {
        self.app.dispatch(command, Value::Null, Some(photo)).await.unwrap()
    }

    fn picture(&mut self) -> Photo {
        self.pictures += 1;
        Photo {
            bytes: PhotoBuilder::new(self.pictures).size(96, 72).build(),
            ..Photo::default()
        }
    }
}

fn open(data: &std::path::Path, ports: &Ports) -> Arc<App> {
    let options = Options {
        data: data.to_owned(),
        demo_photos: None,
    };
    Arc::new(App::open(&options, ports.clone()).unwrap())
}
