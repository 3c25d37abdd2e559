//! Enrolling the phone with a code.

use patrol_domain::op::{Body, PersonBound};
use patrol_store::StationRecord;
use patrol_sync::{Enrolled, EnrolmentCode, Transport};

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::AppState;

impl App {
    /// Takes the code that the station handed out. The same code may be tried again after a lost reply.
    ///
    /// # Errors
    /// [`AppError`] with a code of the `enrol_…` or `station_…` kind; the phone is then not enrolled.
    pub async fn enrol(&self, code: &str) -> Result<AppState, AppError> {
        let transport = self.transport();
        self.enrol_over(&transport, code).await
    }

    /// The same over a network of the caller's choosing.
    ///
    /// # Errors
    /// As [`App::enrol`].
    pub async fn enrol_over<T: Transport>(&self, transport: &T, code: &str) -> Result<AppState, AppError> {
        let code: EnrolmentCode = code
            .parse()
            .map_err(|_| AppError::Refused(ErrorCode::EnrolCodeMalformed))?;
        if code.authority.is_none() && !code.is_loopback() {
            // Without TLS the secret would cross the network in the clear.
            return Err(AppError::Refused(ErrorCode::EnrolCodeMalformed));
        }
        let _one_at_a_time = self.enrol_gate.lock().await;
        if self.store.station()?.is_some() {
            return Err(AppError::Refused(ErrorCode::EnrolOtherStation));
        }
        let device_key = self.ports.keys.device_key()?;
        let enrolled = patrol_sync::enrol(transport, &self.store, &*self.ports.random, &code, &device_key).await?;
        self.bind(&code, enrolled)?;
        self.sync.wake();
        self.state()
    }

    fn bind(&self, code: &EnrolmentCode, enrolled: Enrolled) -> Result<(), AppError> {
        let Enrolled {
            reply,
            secret,
            authority,
        } = enrolled;
        let (part, name) = self.recorder.seal("name", &reply.officer.name);
        let body = PersonBound {
            local: self.recorder.author(),
            officer: reply.officer.number.clone(),
            name,
        };
        let bound = self.recorder.op(
            self.recorder.now(&self.store)?,
            None,
            Vec::new(),
            Body::PersonBound(body),
        );
        let certificate = serde_json::to_string(&reply.certificate).map_err(patrol_store::StoreError::from)?;
        let recovery_key = reply.certificate.content.recovery_key.as_ref();
        let recovery_key = recovery_key.map(patrol_sync::PublicKey::to_sec1);
        let station = StationRecord {
            url: code.station_url.clone(),
            station: reply.station,
            name: reply.station_name,
            key: reply.key.public.to_sec1(),
            device: reply.device,
            secret,
            officer_number: reply.officer.number,
            officer_name: reply.officer.name,
            certificate,
            enrolled: self.ports.clock.wall(),
            authority,
            recovery_key,
        };
        Ok(self.store.bind_station(&station, &bound, &[part])?)
    }
}
