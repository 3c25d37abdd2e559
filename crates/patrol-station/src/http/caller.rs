//! Who is calling: `Authorization: Bearer <device id>.<secret>`.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use patrol_domain::hash::decode_hex;
use patrol_domain::{DeviceId, Sha256Hash};

use super::App;
use super::answer::Refusal;
use crate::store::Device;

/// A phone that has shown its secret.
pub(super) struct Caller(pub(super) Device);

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Bearer(device, secret_hash) = Bearer::from_request_parts(parts, app).await?;
        let caller = app.station.store().admit(device, secret_hash).await?;
        match app.admission.request(caller.id) {
            Ok(()) => Ok(Self(caller)),
            Err(again) => Err(Refusal::too_many(again, "this phone asks too often")),
        }
    }
}

/// What a phone says it is: its id and the hash of its secret, not yet compared with anything.
pub(super) struct Bearer(pub(super) DeviceId, pub(super) Sha256Hash);

impl FromRequestParts<App> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        // Of two, each reader on the way could believe another one.
        let value = match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        };
        let (device, secret_hash) = value.and_then(read).ok_or_else(Refusal::unauthorised)?;
        Ok(Self(device, secret_hash))
    }
}

fn read(value: &str) -> Option<(DeviceId, Sha256Hash)> {
    let (device, secret) = value.strip_prefix("Bearer ")?.split_once('.')?;
    Some((device.parse().ok()?, Sha256Hash::of(&decode_hex::<32>(secret)?)))
}
