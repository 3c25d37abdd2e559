//! Several officers on one phone: each signs in once with a code of the station, then one of them records at a time.

mod lock;
mod pin;

use patrol_domain::Op;
use patrol_domain::op::{Body, PersonBound};
use patrol_store::Person;
use patrol_sync::{Access, EnrolmentCode, SyncError, Transport as _, believed_keys};

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::{PeopleView, PersonView};

pub(crate) use lock::Lock;

impl App {
    /// The officers of this phone, by number.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn officers(&self) -> Result<Vec<Person>, AppError> {
        Ok(self.store.people()?)
    }

    /// Signs an officer in with a one-time code of this phone's own station; they record from now on. The same code may be
    /// tried again after a lost reply. An officer who was here before has no PIN then: this is how a forgotten one is
    /// replaced, and only the station can do it.
    ///
    /// # Errors
    /// [`AppError`] with a code of the `enrol_…` or `station_…` kind; whoever recorded before still does.
    pub async fn add_officer(&self, code: &str) -> Result<Vec<Person>, AppError> {
        let code: EnrolmentCode = code
            .parse()
            .map_err(|_| AppError::Refused(ErrorCode::EnrolCodeMalformed))?;
        let _one_at_a_time = self.enrol_gate.lock().await;
        let station = self.store.station()?.ok_or(AppError::Sync(SyncError::NotEnrolled))?;
        let keys = believed_keys(&self.store, &station.key)?;
        if !keys.iter().any(|key| key.thumbprint() == code.key_thumbprint) {
            return Err(AppError::Refused(ErrorCode::EnrolOtherStation));
        }
        let access = Access {
            url: station.url,
            trust: station.authority.into(),
            device: station.device,
            secret: station.secret,
        };
        let transport = self.transport();
        let reply = transport
            .add_officer(&access, &code.code)
            .await
            .map_err(SyncError::from)?;
        let officer = reply.officer;
        let known = self
            .store
            .people()?
            .into_iter()
            .find(|person| person.number == officer.number);
        if let Some(known) = known.as_ref().filter(|known| known.name == officer.name) {
            // Signed in before: an op that says it once more would say nothing.
            let person = known.person;
            let people = self.choose_officer(&known.number)?;
            self.forget_pin(person)?;
            return Ok(people);
        }
        let person = Person {
            person: known.map_or_else(|| self.recorder.new_person(), |known| known.person),
            number: officer.number,
            name: officer.name,
            is_active: true,
        };
        let (part, name) = self.recorder.seal("name", &person.name);
        let body = PersonBound {
            local: person.person,
            officer: person.number.clone(),
            name,
        };
        let bound = Op {
            author: person.person,
            ..self.recorder.op(
                self.recorder.now(&self.store)?,
                None,
                Vec::new(),
                Body::PersonBound(body),
            )
        };
        self.store.add_person(&person, &bound, &[part])?;
        self.recorder.set_author(person.person);
        self.forget_pin(person.person)?;
        self.sync.wake();
        self.officers()
    }

    /// Hands the phone to another of its officers.
    ///
    /// # Errors
    /// [`AppError::Arguments`] for a number that has not signed in here; whoever recorded before still does.
    pub fn choose_officer(&self, number: &str) -> Result<Vec<Person>, AppError> {
        let people = self.store.people()?;
        let person = people
            .iter()
            .find(|person| person.number == number)
            .ok_or_else(|| AppError::Arguments(format!("{number} has not signed in on this phone")))?;
        self.store.choose_person(person.person)?;
        self.recorder.set_author(person.person);
        self.officers()
    }

    /// The officers as the sign-in screen shows them.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn people(&self) -> Result<PeopleView, AppError> {
        let counts = self.store.count_drafts()?;
        let view = |person: Person| {
            let drafts = counts.iter().find(|(owner, _)| *owner == person.person);
            let pin = self.store.pin(person.person)?;
            let wait_ms = pin.as_ref().map_or(0, |(_, tries)| self.pin_wait_ms(tries));
            Ok(PersonView {
                number: person.number,
                name: person.name,
                is_active: person.is_active,
                has_pin: pin.is_some(),
                wrong_tries: pin.map_or(0, |(_, tries)| tries.count),
                wait_ms,
                drafts: drafts.map_or(0, |(_, count)| *count),
            })
        };
        Ok(PeopleView {
            people: self
                .officers()?
                .into_iter()
                .map(view)
                .collect::<Result<_, AppError>>()?,
            is_locked: self.is_locked(),
        })
    }

    fn person(&self, number: &str) -> Result<Person, AppError> {
        let found = self.officers()?.into_iter().find(|person| person.number == number);
        found.ok_or_else(|| AppError::Arguments(format!("{number} has not signed in on this phone")))
    }
}
