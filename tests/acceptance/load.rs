//! kill -9 of station and phones in turn, a hundred times, while two phones record and send at once.
//!
//! In which moment a kill fell is not guessed: a request counts when it had reached the station and was not answered as
//! the signal went out (the proxy knows), a recording phase when it was the last that the phone had told of.

use std::collections::BTreeMap;
use std::time::Duration;

use patrol_domain::port::Randomness as _;
use patrol_testkit::photo::PhotoBuilder;
use patrol_testkit::{FaultProxy, SeededRandomness};
use tokio::time::{Instant, sleep, timeout};

use crate::kill::{Promises, a_moment, phase_of};
use crate::process::{Phone, Running, Station, assert_equal, text};

const ROUNDS: usize = 100;

/// If chance leaves a moment out, more rounds are run, up to this.
const MOST_ROUNDS: usize = 200;

/// How often each moment is hit.
const HITS: usize = 2;

/// Longer than any wait of a sound program here.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the kill is to fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    /// The station has begun this request and not answered it.
    Station(Request),
    /// The station has been started and does not listen yet.
    Restart,
    /// The phone waits for the answer to this request.
    Phone(Request),
    /// The phone is in this phase of recording.
    Recording(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Request {
    Enrol,
    Push,
    Thumbnail,
    Original,
    Pull,
}

impl Request {
    fn is(self, line: &str) -> bool {
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match self {
            Self::Enrol => path == "/v1/enrol",
            Self::Push => method == "POST" && path.ends_with("/ops"),
            Self::Thumbnail => path.ends_with("/thumb"),
            Self::Pull => path.starts_with("/v1/changes"),
            Self::Original => matches!(method, "PUT" | "PATCH") && !path.ends_with("/thumb"),
        }
    }

    fn is_under_way(self, proxy: &FaultProxy) -> bool {
        proxy.under_way().iter().any(|line| self.is(line))
    }
}

const MOMENTS: [Moment; 14] = [
    Moment::Station(Request::Push),
    Moment::Phone(Request::Push),
    Moment::Station(Request::Original),
    Moment::Recording("photo"),
    Moment::Station(Request::Thumbnail),
    Moment::Phone(Request::Original),
    Moment::Restart,
    Moment::Recording("save"),
    Moment::Station(Request::Enrol),
    Moment::Phone(Request::Thumbnail),
    Moment::Recording("draft"),
    Moment::Phone(Request::Enrol),
    Moment::Station(Request::Pull),
    Moment::Phone(Request::Pull),
];

/// A phone at work and what it has promised so far.
struct Officer {
    phone: Phone,
    /// Between this phone and the station: what it shows is this phone's.
    proxy: FaultProxy,
    running: Option<Running>,
    promises: Promises,
    /// How far the phone believes its journal to be at the station.
    acked: u64,
    kills: usize,
    scenes: u64,
}

impl Officer {
    fn new(station: &Station, number: u64) -> Self {
        Self {
            phone: Phone::new(),
            proxy: FaultProxy::start(station.proxy.address()),
            running: None,
            promises: Promises::default(),
            acked: 0,
            kills: 0,
            scenes: number << 32,
        }
    }

    async fn enrolled(station: &Station, number: u64) -> Self {
        let officer = Self::new(station, number);
        officer.phone.enrol(&officer.code(station).await).await;
        officer
    }

    async fn code(&self, station: &Station) -> String {
        station.code_at("0417", "林晓", &self.proxy.url()).await
    }

    fn picture(&mut self, base: &[u8]) -> String {
        self.scenes += 1;
        let name = format!("{}.jpg", self.scenes);
        std::fs::write(self.phone.scenes.join(&name), with_remark(base, self.scenes)).unwrap();
        name
    }

    /// Goes on patrol: a few cases, sent while they are recorded.
    fn set_out(&mut self, bases: &[Vec<u8>], cases: usize) {
        let script: Vec<_> = (0..cases)
            .map(|case| vec![self.picture(&bases[case % bases.len()]), self.picture(&bases[0])])
            .collect();
        self.phone.script(&script);
        let count = cases.to_string();
        let (data, scenes) = (self.phone.data(), text(&self.phone.scenes));
        let args = [
            "record", "--data", data, "--photos", scenes, "--cases", &count, "--sync",
        ];
        self.running = Some(Running::start("patrol-headless", &args));
    }

    fn hear(&mut self, line: &str) {
        self.promises.hear(line);
        if let Some((_, seq)) = line.split_once("journal up to ") {
            let seq = seq.split(' ').next().and_then(|seq| seq.parse().ok());
            self.acked = self.acked.max(seq.unwrap_or_default());
        }
    }

    /// Starts again when the last patrol is over.
    async fn keep_going(&mut self, bases: &[Vec<u8>]) {
        let ended = match &mut self.running {
            Some(running) => running.child.try_wait().unwrap().is_some(),
            None => true,
        };
        if ended {
            self.come_home().await;
            self.set_out(bases, 3);
        }
    }

    /// Hears the rest of a patrol, which ends well.
    async fn come_home(&mut self) {
        if let Some(mut running) = self.running.take() {
            while let Some(line) = timeout(PATIENCE, running.line()).await.expect("a patrol ends") {
                self.hear(&line);
            }
            assert!(running.child.wait().await.unwrap().success());
        }
    }

    /// `kill -9`; the phase of recording in which it fell.
    async fn kill(&mut self, mut told: Vec<String>) -> Option<String> {
        let mut running = self.running.take()?;
        told.extend(running.kill().await);
        self.kills += 1;
        told.iter().for_each(|line| self.hear(line));
        let recording =
            |line: &&String| matches!(phase_of(line), Some("photo" | "draft" | "save")) || line.starts_with("saved ");
        told.iter()
            .rev()
            .find(recording)
            .and_then(|line| phase_of(line))
            .map(str::to_owned)
    }

    /// What the phone was told is at the station is there (I2).
    async fn check_acked(&self, station: &Station) {
        if self.acked == 0 {
            return;
        }
        let log = log_of(&self.phone).await;
        let digest = station.digest_so_far(&log).await;
        let held: u64 = digest.split_whitespace().nth(2).unwrap_or("0").parse().unwrap();
        assert!(held >= self.acked, "signed for {}, held {held}", self.acked);
    }

    /// Nothing lost, nothing doubled.
    async fn check(&self, station: &Station) {
        self.phone.sync().await;
        self.promises.check(&self.phone, self.kills).await;
        self.phone.verify().await;
        assert_equal(&self.phone, station).await;
    }
}

/// The journal's name, from the marker: the database belongs to the running program.
async fn log_of(phone: &Phone) -> String {
    let marker = std::fs::read_to_string(phone.data.join("keys/marker.json")).unwrap();
    let marker: serde_json::Value = serde_json::from_str(&marker).unwrap();
    marker["log"].as_str().unwrap().to_owned()
}

/// Another file with the same picture: a comment (ITU-T T.81 §B.2.4.5) that counts.
fn with_remark(jpeg: &[u8], number: u64) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let remark = [&[0xff, 0xfe, 0, 10][..], &number.to_be_bytes()].concat();
    [start, &remark, rest].concat()
}

/// Kills by moment, and those that fell elsewhere.
#[derive(Default)]
struct Hits {
    by_moment: BTreeMap<Moment, usize>,
    elsewhere: usize,
}

impl Hits {
    fn count(&mut self, moment: Moment, was_hit: bool) {
        if was_hit {
            *self.by_moment.entry(moment).or_default() += 1;
        } else {
            self.elsewhere += 1;
        }
    }

    fn of(&self, moment: Moment) -> usize {
        self.by_moment.get(&moment).copied().unwrap_or_default()
    }

    /// In turn, those that were hit least first.
    fn next(&self, round: usize) -> Moment {
        let least = |moment: &Moment| self.of(*moment);
        let turn = MOMENTS[round % MOMENTS.len()];
        if self.of(turn) >= HITS {
            MOMENTS
                .into_iter()
                .min_by_key(least)
                .filter(|moment| self.of(*moment) < HITS)
                .unwrap_or(turn)
        } else {
            turn
        }
    }

    fn enough(&self, rounds: usize) -> bool {
        rounds >= ROUNDS && MOMENTS.into_iter().all(|moment| self.of(moment) >= HITS)
    }
}

/// The station, those who call it, and the kills so far.
struct Field {
    station: Station,
    officers: [Officer; 2],
    newcomers: Vec<Officer>,
    bases: Vec<Vec<u8>>,
    chance: SeededRandomness,
    hits: Hits,
}

impl Field {
    async fn new() -> Self {
        let station = Station::serving_plain().await;
        let officers = [
            Officer::enrolled(&station, 1).await,
            Officer::enrolled(&station, 2).await,
        ];
        let sizes = [(800, 600), (2400, 1800), (320, 240)];
        let bases = sizes.map(|(width, height)| PhotoBuilder::new(u64::from(width)).size(width, height).build());
        Self {
            station,
            officers,
            newcomers: Vec::new(),
            bases: bases.into(),
            chance: SeededRandomness::new(20_261_124),
            hits: Hits::default(),
        }
    }

    fn one_of_two(&self) -> usize {
        let mut byte = [0];
        self.chance.fill(&mut byte);
        usize::from(byte[0] % 2)
    }

    async fn keep_going(&mut self) {
        for officer in &mut self.officers {
            officer.keep_going(&self.bases).await;
        }
    }

    /// Waits until the request is under way there, and a moment longer; whether it still is.
    async fn reach(&mut self, request: Request, whose: Option<usize>) -> bool {
        let began = Instant::now();
        let is_under_way = |field: &Self| match whose {
            Some(officer) => request.is_under_way(&field.officers[officer].proxy),
            None => request.is_under_way(&field.station.proxy),
        };
        while !is_under_way(self) {
            self.keep_going().await;
            tokio::task::yield_now().await;
            assert!(began.elapsed() < PATIENCE, "{request:?} never came");
        }
        // Not longer than the request takes.
        a_moment(&self.chance, if request == Request::Pull { 300 } else { 1_500 }).await;
        is_under_way(self)
    }

    async fn round(&mut self, moment: Moment) {
        self.keep_going().await;
        let was_hit = match moment {
            Moment::Station(Request::Enrol) | Moment::Phone(Request::Enrol) => self.newcomer(moment).await,
            Moment::Station(request) => {
                let was_hit = self.reach(request, None).await;
                self.station.kill().await;
                self.station.start().await;
                was_hit
            }
            Moment::Restart => {
                self.station.kill().await;
                let mut starting = self.station.start_unheard();
                a_moment(&self.chance, 12_000).await;
                let told = starting.kill().await;
                self.station.start().await;
                told.is_empty()
            }
            Moment::Phone(request) => {
                let officer = self.one_of_two();
                let was_hit = self.reach(request, Some(officer)).await;
                self.officers[officer].kill(Vec::new()).await;
                was_hit
            }
            Moment::Recording(wanted) => self.kill_while_recording(wanted).await,
        };
        self.hits.count(moment, was_hit);
        for officer in &self.officers {
            officer.check_acked(&self.station).await;
        }
    }

    async fn kill_while_recording(&mut self, wanted: &str) -> bool {
        let officer = self.one_of_two();
        let mut told = Vec::new();
        loop {
            self.keep_going().await;
            let running = self.officers[officer].running.as_mut().unwrap();
            let Some(line) = timeout(PATIENCE, running.line()).await.unwrap() else {
                // Over before the phase came: what it said is heard, and the next patrol begins.
                told.drain(..)
                    .for_each(|line: String| self.officers[officer].hear(&line));
                continue;
            };
            let is_wanted = phase_of(&line) == Some(wanted);
            told.push(line);
            if is_wanted {
                break;
            }
        }
        a_moment(&self.chance, if wanted == "photo" { 8_000 } else { 500 }).await;
        self.officers[officer].kill(told).await.as_deref() == Some(wanted)
    }

    /// Somebody is enrolled for the first time, and one of the two is killed meanwhile.
    async fn newcomer(&mut self, moment: Moment) -> bool {
        let mut officer = Officer::new(&self.station, 3 + self.newcomers.len() as u64);
        let code = officer.code(&self.station).await;
        let args = ["enrol", "--data", officer.phone.data(), "--code", &code];
        let mut enrolling = Running::start("patrol-headless", &args);
        let began = Instant::now();
        while !Request::Enrol.is_under_way(&officer.proxy) && enrolling.child.try_wait().unwrap().is_none() {
            tokio::task::yield_now().await;
            assert!(began.elapsed() < PATIENCE);
        }
        a_moment(&self.chance, 2_000).await;
        let was_hit = Request::Enrol.is_under_way(&officer.proxy);
        if moment == Moment::Phone(Request::Enrol) {
            enrolling.kill().await;
        } else {
            self.station.kill().await;
            self.station.start().await;
            enrolling.child.wait().await.unwrap();
        }
        if officer.phone.status().await["enrolled"] == false {
            officer.phone.enrol(&code).await;
        }
        officer.set_out(&self.bases, 1);
        self.newcomers.push(officer);
        was_hit
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn station_and_phones_killed_in_turn_a_hundred_times_lose_nothing_and_double_nothing() {
    let began = Instant::now();
    let mut field = Field::new().await;
    let mut rounds = 0;
    while !field.hits.enough(rounds) && rounds < MOST_ROUNDS {
        let moment = field.hits.next(rounds);
        field.round(moment).await;
        rounds += 1;
        // Load and not only repair: some of it arrives between two kills.
        sleep(Duration::from_millis(20)).await;
    }
    let Field {
        station,
        officers,
        newcomers,
        hits,
        ..
    } = field;
    let mut devices = 0;
    for mut officer in officers.into_iter().chain(newcomers) {
        officer.come_home().await;
        officer.check(&station).await;
        devices += 1;
    }
    eprintln!(
        "{rounds} kills, {devices} phones, by moment {:?}, elsewhere {}, in {:.1?}",
        hits.by_moment,
        hits.elsewhere,
        began.elapsed()
    );
    assert!(hits.enough(rounds), "each moment must be hit: {:?}", hits.by_moment);
}
