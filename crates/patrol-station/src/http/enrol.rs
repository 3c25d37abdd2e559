//! `POST /v1/enrol`: the one call that needs no secret, because it brings one.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use patrol_domain::hash::encode_hex;
use patrol_wire::{EnrolReply, EnrolRequest, StationKey};

use super::App;
use super::answer::Refusal;
use super::body::collect;
use crate::store::Enrolled;

/// Far more than a request needs.
const MAX_REQUEST_BYTES: usize = 8 * 1024;

/// Makes a device of a phone.
pub(super) async fn enrol(State(app): State<App>, body: Body) -> Result<Json<EnrolReply>, Refusal> {
    let _room = app.admission.body(MAX_REQUEST_BYTES).await?;
    let body = collect(body, app.station.limits().stall, MAX_REQUEST_BYTES).await?;
    // What serde says could quote the secret.
    let request: EnrolRequest =
        serde_json::from_slice(&body).map_err(|_| Refusal::malformed("the body is not an enrolment"))?;
    let Enrolled {
        device,
        officer,
        certificate,
    } = app.station.store().enrol(request).await?;
    let facts = app.station.store().facts().await?;
    // A repeated answer brings the certificate of then: the key is the one that signed it, which the code names.
    let keys = app.station.store().station_keys().await?;
    let signer = keys.keys.iter().find(|key| key.key_id() == certificate.key_id).cloned();
    tracing::info!(%device, "enrolled");
    Ok(Json(EnrolReply {
        device,
        station: facts.station,
        station_name: app.station.config().name.clone(),
        officer,
        key: StationKey {
            public: signer.unwrap_or_else(|| app.station.public_key().clone()),
        },
        keys,
        certificate,
        authority: app.station.authority().map(|authority| encode_hex(authority.der())),
        epoch: facts.epoch,
        server_ms: app.station.ports().clock.now(),
    }))
}
