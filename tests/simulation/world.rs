//! The scheduler: at every step somebody records, somebody calls, a message moves, or something goes wrong.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use patrol_app::{AppError, ErrorCode};
use patrol_domain::port::Clock as _;
use patrol_station::Revoked;
use patrol_sync::TransportError;
use patrol_testkit::{CrashDisk, Weakness};
use tokio::runtime::Runtime;

use crate::base::{call_calmly, fork, runtime};
use crate::chance::Chance;
use crate::check::{check, check_acked, standing};
use crate::fault::{FAULTS, Fault};
use crate::network::{Answer, Letter, Network, Question};
use crate::phone::{Phone, told};
use crate::recount::Met;
use crate::station::Post;
use crate::stranger::Stranger;
use crate::trace::Trace;

const STEPS: usize = 700;

/// After the faults have stopped, every phone has nothing left to say after so many calls (I15).
const MOST_ROUNDS: usize = 6;

/// Clones included.
const MOST_PHONES: usize = 26;

const DAY_MS: i64 = 86_400_000;

/// An earlier state of the station's disk.
struct Copy {
    disk: CrashDisk,
    enrolled: BTreeSet<usize>,
}

/// An answer on its way.
struct Reply {
    letter: Letter,
    answer: Result<Answer, TransportError>,
}

/// One run.
pub(crate) struct World<'run> {
    seed: u64,
    chance: Chance,
    trace: &'run Mutex<Trace>,
    runtime: Runtime,
    network: Network,
    pub(crate) post: Post,
    pub(crate) phones: Vec<Phone>,
    pub(crate) stranger: Stranger,
    replies: Vec<Reply>,
    copies: Vec<Copy>,
    /// Families of phones in which there was ever more than one, a phone and its own past included.
    copied: BTreeSet<usize>,
    wish: Wish,
}

/// What is to be different from a usual run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish {
    /// A promise that the station's disk does not keep.
    pub(crate) weakness: Option<Weakness>,
}

/// Runs a seed to its end and checks the promises; the sentence says which of them was broken.
pub(crate) fn run(seed: u64, wish: Wish, trace: &Mutex<Trace>) -> Result<Met, String> {
    let (post, phones, stranger) = fork(seed);
    let mut world = World {
        seed,
        chance: Chance::new(seed),
        trace,
        runtime: runtime(),
        network: Network::default(),
        post,
        phones,
        stranger,
        replies: Vec::new(),
        copies: Vec::new(),
        copied: BTreeSet::new(),
        wish,
    };
    if let Some(weakness) = wish.weakness {
        world.post.disk.weaken(weakness);
    }
    for _ in 0..STEPS {
        world.step()?;
    }
    world.settle()?;
    let (met, line) = check(&world)?;
    world.note(format!("the end: {line}"));
    Ok(met)
}

fn lost() -> TransportError {
    TransportError::Unreachable("lost".into())
}

impl World<'_> {
    /// Whether the check at the end recomputes everything on this phone; it takes too long for all of them.
    pub(crate) fn looks_into(&self, phone: usize) -> bool {
        (self.seed + phone as u64).is_multiple_of(4)
    }

    fn note(&self, line: String) {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).note(line);
    }

    fn step(&mut self) -> Result<(), String> {
        let passed = i64::try_from(self.chance.below(3_000)).unwrap();
        self.post.advance(passed);
        for phone in &mut self.phones {
            phone.clock.advance(passed);
            phone.cut_off = phone.cut_off.saturating_sub(1);
        }
        let phone = self.chance.below(self.phones.len());
        match self.chance.below(100) {
            0..14 => self.work(phone)?,
            14..29 => self.call(phone),
            29 => self.hear_stranger()?,
            30..94 => self.move_message()?,
            _ => self.go_wrong(phone),
        }
        self.power_returns()
    }

    /// An officer does something. Only a phone without power may refuse.
    fn work(&mut self, index: usize) -> Result<(), String> {
        let phone = &mut self.phones[index];
        let acts = self.chance.in_hundred(35);
        let outcome = if acts {
            phone.act(&self.chance)
        } else {
            phone.record(&self.runtime, &self.chance)
        };
        let refused = outcome.is_err() && !phone.disk.is_off();
        let what = if acts { "acts" } else { "records" };
        let line = format!("phone {index} {what}: {}", told(outcome));
        self.note(line.clone());
        if refused { Err(line) } else { Ok(()) }
    }

    /// Whatever a journal holds, the station takes it, as long as it has power.
    fn hear_stranger(&mut self) -> Result<(), String> {
        self.stranger.rave(&self.chance);
        let outcome = self.stranger.push(&self.post);
        self.note(format!("the stranger pushes: {outcome:?}"));
        match outcome {
            Err(_) if self.post.disk.is_off() => Ok(()),
            Err(refused) => Err(format!("I7: {refused}")),
            Ok(_) => Ok(()),
        }
    }

    fn call(&mut self, index: usize) {
        let phone = &mut self.phones[index];
        if phone.is_calling() {
            return;
        }
        if !phone.is_enrolled && phone.code.is_none() {
            phone.code = self.post.code(index);
            if phone.code.is_none() {
                return;
            }
        }
        phone.call(&self.network);
        self.note(format!("phone {index} calls"));
        self.go_on(index);
    }

    /// Lets a phone go on as far as it can.
    fn go_on(&mut self, index: usize) {
        if let Some(outcome) = self.phones[index].go_on(&self.runtime) {
            self.ended(index, outcome);
        }
    }

    fn ended(&mut self, index: usize, outcome: Result<(), AppError>) {
        let phone = &mut self.phones[index];
        match &outcome {
            Ok(()) => phone.is_enrolled = true,
            Err(AppError::Sync(_) | AppError::Refused(_)) if !phone.is_enrolled => {
                let code = outcome.as_ref().err().map(|error| error.reply().code);
                // The station was put back to before the code, or the code has grown old: another is handed out.
                if code == Some(ErrorCode::EnrolCodeUnknown) {
                    phone.code = None;
                }
            }
            Err(_) => {}
        }
        self.note(format!("phone {index} has called: {}", told(outcome)));
    }

    fn move_message(&mut self) -> Result<(), String> {
        let questions = self.network.mail().questions.len();
        let all = questions + self.replies.len();
        if all == 0 {
            return Ok(());
        }
        let chosen = self.chance.below(all);
        if chosen < questions {
            let letter = self.network.mail().questions.remove(chosen);
            self.move_question(letter);
            Ok(())
        } else {
            let reply = self.replies.remove(chosen - questions);
            self.move_reply(reply)
        }
    }

    fn move_question(&mut self, mut letter: Letter) {
        let (index, name) = (letter.phone, letter.question.name());
        let fate = self.chance.below(100);
        if self.phones[index].cut_off > 0 || fate < 8 {
            self.note(format!("{index}: {name} is lost"));
            self.give_up(&letter);
            return;
        }
        match fate {
            8..13 => {
                self.note(format!("{index}: {name} will come late"));
                self.give_up(&letter);
                self.network.mail().questions.push(letter);
                return;
            }
            13..18 => {
                self.note(format!("{index}: {name} will come twice"));
                self.network.mail().questions.push(letter.clone());
            }
            18..26 => {
                if let Question::Photo { pieces, breaks, .. } = &mut letter.question {
                    pieces.truncate(self.chance.below(pieces.len() + 1));
                    *breaks = true;
                }
            }
            26..28 => self.post.disk.cut_after(1 + self.chance.below(20) as u64),
            _ => {}
        }
        let answer = self.post.answer(&letter);
        let heard = match &answer {
            Ok(_) => "answered".into(),
            Err(error) => error.to_string(),
        };
        self.note(format!("{index}: {} {heard}", letter.question.name()));
        self.replies.push(Reply { letter, answer });
    }

    fn move_reply(&mut self, Reply { letter, answer }: Reply) -> Result<(), String> {
        let (index, name) = (letter.phone, letter.question.name());
        let fate = self.chance.below(100);
        if self.phones[index].cut_off > 0 || fate < 12 {
            self.note(format!("{index}: the answer to {name} is lost"));
            self.give_up(&letter);
            return Ok(());
        }
        self.note(format!("{index}: the answer to {name} arrives"));
        self.network.bring(letter.number, answer);
        let outcome = self.phones[index].go_on(&self.runtime);
        let Some(outcome) = outcome else { return Ok(()) };
        let code = outcome.as_ref().err().map(|error| error.reply().code);
        self.ended(index, outcome);
        let is_copied = self.copied.contains(&self.phones[index].family);
        let is_wrong = |code| match code {
            ErrorCode::ReceiptInvalid | ErrorCode::StationKeyMismatch => true,
            // A copy may go on at the station while the other one is on its way out of the fork.
            ErrorCode::JournalForked => !is_copied,
            _ => false,
        };
        match code {
            Some(code) if is_wrong(code) => Err(format!("phone {index} is told {code:?}")),
            _ => Ok(()),
        }
    }

    /// The phone waits no longer for this answer.
    fn give_up(&mut self, letter: &Letter) {
        self.network.bring(letter.number, Err(lost()));
        self.go_on(letter.phone);
    }

    fn go_wrong(&mut self, index: usize) {
        let fault = FAULTS[self.chance.below(FAULTS.len())];
        let day = if self.chance.in_hundred(50) { DAY_MS } else { -DAY_MS };
        let soon = 1 + self.chance.below(25) as u64;
        let now = self.chance.in_hundred(50);
        self.note(format!("{fault:?} {index} {now}"));
        let phone = &mut self.phones[index];
        match fault {
            Fault::Partition => phone.cut_off = 10 + self.chance.below(60),
            Fault::PhoneCrash if now => phone.disk.cut(),
            Fault::PhoneCrash => phone.disk.cut_after(soon),
            Fault::StationCrash if now => self.post.disk.cut(),
            Fault::StationCrash => self.post.disk.cut_after(soon),
            Fault::ClockJump if now => phone.clock.set_wall(phone.clock.wall().0 + day),
            Fault::ClockJump => self.post.advance(day),
            Fault::StationRolledBack | Fault::StationForgetsPhone if self.copies.is_empty() || now => self.copy(),
            Fault::StationRolledBack => self.roll_back(true),
            Fault::StationForgetsPhone => self.roll_back(false),
            Fault::DamagedPart => self.damage_part(),
            Fault::PhoneSetBack => {
                self.copied.insert(phone.family);
                phone.copy_or_set_back(self.chance.next());
            }
            Fault::PhoneCloned if self.phones.len() < MOST_PHONES => {
                let number = self.phones.len();
                self.copied.insert(self.phones[index].family);
                let copy = self.phones[index].cloned(number, self.chance.next());
                self.phones.push(copy);
            }
            Fault::PhoneCloned => {}
            Fault::PhoneRevoked => {
                let state = if now { Revoked::Retired } else { Revoked::Lost };
                self.post.revoke(index, state);
            }
        }
    }

    fn enrolled(&self) -> BTreeSet<usize> {
        let enrolled = self.phones.iter().filter(|phone| phone.is_enrolled);
        enrolled.map(|phone| phone.number).collect()
    }

    fn copy(&mut self) {
        let disk = self.post.disk.fork(self.chance.next());
        let enrolled = self.enrolled();
        self.copies.push(Copy { disk, enrolled });
    }

    /// Puts the station back to a copy, perhaps only to one that knows every phone.
    fn roll_back(&mut self, knows_all: bool) {
        let copy = &self.copies[self.chance.below(self.copies.len())];
        if knows_all && !copy.enrolled.is_superset(&self.enrolled()) {
            return;
        }
        let disk = copy.disk.fork(self.chance.next());
        if let Some(weakness) = self.wish.weakness {
            disk.weaken(weakness);
        }
        self.post.put_back(disk);
        // A phone that hears of its enrolment only now would be one that this station does not know.
        for reply in &mut self.replies {
            if knows_all && matches!(reply.answer, Ok(Answer::Enrolled(_))) {
                reply.answer = Err(lost());
            }
        }
    }

    fn damage_part(&mut self) {
        let files = self.post.disk.files();
        let is_part = |path: &&std::path::PathBuf| path.extension().is_some_and(|name| name == "part");
        let parts: Vec<_> = files.iter().filter(is_part).collect();
        if parts.is_empty() {
            return;
        }
        let part = parts[self.chance.below(parts.len())];
        let length = self.post.disk.read(part).unwrap().len();
        let disk = &self.post.disk;
        let damaged = match self.chance.below(4) {
            0 => disk.truncate_to(part, self.chance.below(length + 1) as u64),
            1 => disk.truncate_to(part, (length + self.chance.below(3_000)) as u64),
            _ if length == 0 => Ok(()),
            2 => disk.flip(part, self.chance.below(length) as u64, 1),
            _ => disk.zero(part, 0..length as u64),
        };
        damaged.unwrap();
        self.note(format!("a part of {length} bytes is damaged"));
    }

    /// Whoever has lost power gets it back; the station has to hold all that it has signed for.
    fn power_returns(&mut self) -> Result<(), String> {
        if self.post.disk.is_off() {
            let at = self.post.disk.cut_at();
            self.note(format!("the station restarts, cut at {at:?}"));
            self.post.restart();
            check_acked(&self.post)?;
        }
        for index in 0..self.phones.len() {
            if self.phones[index].disk.is_off() {
                self.note(format!("phone {index} restarts"));
                self.restart(index);
            }
        }
        Ok(())
    }

    fn restart(&mut self, index: usize) {
        let phone = &mut self.phones[index];
        phone.restart();
        phone.notice_station();
    }

    /// The faults stop: what is still on its way arrives, and the phones call until nothing is left.
    fn settle(&mut self) -> Result<(), String> {
        self.note("the faults stop".into());
        self.post.restart();
        check_acked(&self.post)?;
        for letter in std::mem::take(&mut self.network.mail().questions) {
            let _ = self.post.answer(&letter);
        }
        self.replies.clear();
        for index in 0..self.phones.len() {
            if self.chance.in_hundred(25) {
                self.restart(index);
            } else {
                self.phones[index].calm();
            }
        }
        self.stranger
            .push(&self.post)
            .map_err(|refused| format!("I7: {refused}"))?;
        let mut waiting = Vec::new();
        for round in 1..=MOST_ROUNDS {
            let before = standing(&self.post);
            waiting = self.call_all(round);
            if waiting.is_empty() && standing(&self.post) == before {
                return Ok(());
            }
        }
        Err(format!(
            "I15: after {MOST_ROUNDS} rounds without faults phones {waiting:?} have not ended"
        ))
    }

    /// Each phone calls once; those that have not ended their round well, which they do when nothing is left.
    fn call_all(&mut self, round: usize) -> Vec<usize> {
        let mut left = Vec::new();
        for index in 0..self.phones.len() {
            let phone = &mut self.phones[index];
            let enrols = !phone.is_enrolled;
            if enrols {
                phone.code = self.post.code(index);
            }
            let outcome = call_calmly(&mut self.post, phone, &self.network, &self.runtime);
            phone.is_enrolled |= outcome.is_ok();
            let device = phone.device();
            let is_lost = device.is_some_and(|device| self.post.standing_of(device) == Some(Revoked::Lost));
            let code = outcome.as_ref().err().map(|error| error.reply().code);
            // A lost phone is a stranger, which is all that it hears.
            let has_ended = if is_lost {
                code == Some(ErrorCode::NotAccepted)
            } else {
                code.is_none()
            };
            if enrols || !has_ended {
                left.push(index);
            }
            self.note(format!("round {round}, phone {index}: {}", told(outcome)));
        }
        left
    }
}
