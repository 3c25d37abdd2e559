//! A phone of a run: the app on a disk that forgets, and what it has told its officer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_app::{App, AppError, KeyError, Keys, Network as NetworkCost, Options, Photo, Ports, SealedRoot, SyncEvent};
use patrol_domain::op::Step;
use patrol_domain::{CaseId, DeviceId, PhotoRole, PhotoSource};
use patrol_store::{RootKey, Store, StoreOptions};
use patrol_testkit::photo::PhotoBuilder;
use patrol_testkit::{CrashDisk, HandClock, SeededRandomness};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::chance::Chance;
use crate::network::Network;
use crate::station::START_MS;

/// A round of syncing, or an enrolment, under way.
type Round = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send>>;

/// The phone's secrets, which outlive every power cut.
#[derive(Debug, Clone)]
pub(crate) struct PhoneKeys {
    root: [u8; 32],
    signing: SigningKey,
}

impl PhoneKeys {
    fn new(number: usize) -> Self {
        let byte = u8::try_from(number + 1).unwrap();
        Self {
            root: [byte; 32],
            signing: SigningKey::from_slice(&[byte; 32]).unwrap(),
        }
    }
}

impl Keys for PhoneKeys {
    fn root(&self) -> Result<[u8; 32], KeyError> {
        Ok(self.root)
    }

    fn device_key(&self) -> Result<Vec<u8>, KeyError> {
        let point = self.signing.verifying_key().to_sec1_point(false);
        Ok(point.as_bytes().to_vec())
    }

    fn seal_root(&self, recovery_key: &[u8], info: &[u8]) -> Result<SealedRoot, KeyError> {
        patrol_host::seal_root(&self.root, recovery_key, info)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let signature: Signature = self.signing.sign(message);
        Ok(signature.to_bytes().into())
    }
}

/// A phone and its officer.
pub(crate) struct Phone {
    pub(crate) number: usize,
    /// The number of the phone that this one is a copy of, or its own.
    pub(crate) family: usize,
    pub(crate) disk: CrashDisk,
    pub(crate) clock: HandClock,
    keys: PhoneKeys,
    random: Arc<SeededRandomness>,
    app: Option<Arc<App>>,
    round: Option<Round>,
    /// The code that the officer holds.
    pub(crate) code: Option<String>,
    pub(crate) is_enrolled: bool,
    /// Steps until the network is back.
    pub(crate) cut_off: usize,
    /// Cases that the app has said are saved.
    pub(crate) saved: Vec<CaseId>,
    photos: u64,
    /// An earlier state of its disk, and how many cases were saved then.
    earlier: Option<(CrashDisk, usize)>,
}

/// How an act or a round ended, for the trace.
pub(crate) fn told(outcome: Result<(), AppError>) -> String {
    match outcome {
        Ok(()) => "ok".into(),
        Err(error) => format!("{:?}", error.reply().code),
    }
}

impl Phone {
    /// A new phone, open.
    pub(crate) fn new(number: usize) -> Self {
        Self::on(CrashDisk::new(number as u64), PhoneKeys::new(number), number, 0xba5e)
    }

    /// The same phone with another fate, open.
    pub(crate) fn fork(&self, seed: u64) -> Self {
        let mut phone = Self::on(self.disk.fork(seed), self.keys.clone(), self.number, seed);
        phone.is_enrolled = self.is_enrolled;
        phone
    }

    fn on(disk: CrashDisk, keys: PhoneKeys, number: usize, seed: u64) -> Self {
        let mut phone = Self {
            number,
            family: number,
            disk,
            clock: HandClock::new(START_MS),
            keys,
            random: Arc::new(SeededRandomness::new(
                seed.wrapping_mul(0x1_0001).wrapping_add(number as u64),
            )),
            app: None,
            round: None,
            code: None,
            is_enrolled: false,
            cut_off: 0,
            saved: Vec::new(),
            photos: seed << 16 | (number as u64) << 8,
            earlier: None,
        };
        phone.start();
        phone
    }

    fn ports(&self) -> Ports {
        Ports {
            clock: Arc::new(self.clock.clone()),
            random: Arc::clone(&self.random) as Arc<dyn patrol_domain::port::Randomness>,
            keys: Arc::new(self.keys.clone()),
            network: Arc::new(NetworkCost::Unknown),
            disk: Arc::new(self.disk.clone()),
        }
    }

    fn options(&self) -> Options {
        Options {
            data: self.disk.root().join("data"),
            demo_photos: None,
        }
    }

    fn start(&mut self) {
        let app = App::open(&self.options(), self.ports()).unwrap();
        app.recover().unwrap();
        self.app = Some(Arc::new(app));
    }

    fn app(&self) -> Arc<App> {
        Arc::clone(self.app.as_ref().unwrap())
    }

    /// The power goes, if it has not gone already, and comes back.
    pub(crate) fn restart(&mut self) {
        self.disk.cut();
        self.round = None;
        self.app = None;
        self.disk.reboot();
        self.clock.reboot();
        self.start();
    }

    /// Perhaps a power cut, or a copy of another time, has decided whether it is enrolled.
    pub(crate) fn notice_station(&mut self) {
        self.is_enrolled = self.look().state().unwrap().station.is_some();
    }

    /// Takes a copy of the whole disk, or puts the phone back to the one that was taken.
    pub(crate) fn copy_or_set_back(&mut self, seed: u64) {
        let Some((disk, saved)) = self.earlier.take() else {
            self.earlier = Some((self.disk.fork(seed), self.saved.len()));
            return;
        };
        self.round = None;
        self.app = None;
        self.disk = disk;
        self.saved.truncate(saved);
        self.clock.reboot();
        self.start();
        self.notice_station();
    }

    /// A second phone with the same disk and the same keys.
    pub(crate) fn cloned(&self, number: usize, seed: u64) -> Self {
        let mut copy = Self::on(self.disk.fork(seed), self.keys.clone(), number, seed);
        copy.family = self.family;
        copy.is_enrolled = self.is_enrolled;
        copy.saved.clone_from(&self.saved);
        copy
    }

    /// No cut is planned any more, and whoever was called gets no answer.
    pub(crate) fn calm(&mut self) {
        self.disk.cut_after(u64::MAX);
        self.round = None;
        self.cut_off = 0;
    }

    /// The officer records a case, with a photo or two as the product wants it.
    pub(crate) fn record(&mut self, runtime: &Runtime, chance: &Chance) -> Result<(), AppError> {
        let photos = (0..1 + chance.below(2))
            .map(|_| self.picture(chance.below(6_000)))
            .collect();
        self.record_with(runtime, chance, photos)
    }

    /// A case with one photo of a little more than so many bytes.
    pub(crate) fn record_of(&mut self, runtime: &Runtime, chance: &Chance, bytes: usize) -> Result<(), AppError> {
        let photos = vec![self.picture(bytes)];
        self.record_with(runtime, chance, photos)
    }

    fn record_with(&mut self, runtime: &Runtime, chance: &Chance, photos: Vec<Vec<u8>>) -> Result<(), AppError> {
        let note = format!("占道经营，第{}件。", chance.below(1000));
        let fields = json!({"matter": "PK01", "plate": "苏A8K3R7", "street": null, "note": note});
        self.run(runtime, "draft_write", fields, None)?;
        for bytes in photos {
            let source = "camera".to_owned();
            self.run(
                runtime,
                "draft_add_photo",
                json!({}),
                Some(Photo {
                    bytes,
                    source,
                    ..Photo::default()
                }),
            )?;
        }
        let saved = self.run(runtime, "draft_save", json!({}), None)?;
        self.saved.push(saved["case_id"].as_str().unwrap().parse().unwrap());
        Ok(())
    }

    /// The officer does something about one of the cases.
    pub(crate) fn act(&mut self, chance: &Chance) -> Result<(), AppError> {
        let Some(case) = self.saved.get(chance.below(self.saved.len().max(1))).copied() else {
            return Ok(());
        };
        if chance.in_hundred(30) {
            let bytes = self.picture(chance.below(6_000));
            let added = self
                .app()
                .add_case_photo(case, &bytes, PhotoSource::Camera, PhotoRole::Scene);
            return added;
        }
        self.app().take_step(case, Step::Corrected, "已改正")
    }

    fn run(
        &self,
        runtime: &Runtime,
        command: &str,
        arguments: serde_json::Value,
        photo: Option<Photo>,
    ) -> Result<serde_json::Value, AppError> {
        let answer = runtime.block_on(self.app().dispatch(command, arguments, photo));
        answer.map_err(|reply| AppError::Refused(reply.code))
    }

    /// A small true JPEG that no other phone has taken, of a little more than so many bytes.
    fn picture(&mut self, bytes: usize) -> Vec<u8> {
        static SMALL: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let small = SMALL.get_or_init(|| PhotoBuilder::new(1).size(24, 16).without_exif().build());
        self.photos += 1;
        let mut comment = vec![0; 8 + bytes];
        comment[..8].copy_from_slice(&self.photos.to_be_bytes());
        let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
        let (start, rest) = small.split_at(2);
        [start, &[0xff, 0xfe], &length, &comment, rest].concat()
    }

    /// Whether a round is under way.
    pub(crate) fn is_calling(&self) -> bool {
        self.round.is_some()
    }

    /// Begins a round, or an enrolment with the code that the officer holds.
    pub(crate) fn call(&mut self, network: &Network) {
        let (app, line) = (self.app(), network.line(self.number));
        self.round = Some(match &self.code {
            Some(code) if !self.is_enrolled => {
                let code = code.clone();
                Box::pin(async move { app.enrol_over(&line, &code).await.map(drop) })
            }
            _ => {
                let listen = |_: &SyncEvent| {};
                Box::pin(async move { app.sync_over(&line, &listen).await.map(drop) })
            }
        });
    }

    /// Lets the round go on as far as it can; says how it ended when it has.
    pub(crate) fn go_on(&mut self, runtime: &Runtime) -> Option<Result<(), AppError>> {
        let round = self.round.as_mut()?;
        let _inside = runtime.enter();
        match round.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => None,
            Poll::Ready(outcome) => {
                self.round = None;
                Some(outcome)
            }
        }
    }

    /// The app, to look at.
    pub(crate) fn look(&self) -> Arc<App> {
        self.app()
    }

    /// As whom it speaks, once it is enrolled.
    pub(crate) fn device(&self) -> Option<DeviceId> {
        self.memory().station().unwrap().map(|station| station.device)
    }

    /// The memory, opened beside the app.
    pub(crate) fn memory(&self) -> Store {
        let root = RootKey::new(self.keys.root);
        let random = Arc::clone(&self.random) as Arc<dyn patrol_domain::port::Randomness>;
        let now = patrol_domain::WallMs(START_MS);
        let options = StoreOptions {
            disk: Arc::new(self.disk.clone()),
            ..StoreOptions::new(&self.options().data, root, random, now)
        };
        Store::open_to_look(&options).unwrap()
    }
}
