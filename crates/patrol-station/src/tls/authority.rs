//! The station's own certificate authority: made once, by `init`.

use std::time::Duration;

use patrol_domain::{StationId, StationMs};
use patrol_sqlite::Disk;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use super::{TlsError, file_error};
use crate::durable;
use crate::layout::Layout;

/// Phones pin it for as long as they belong to the station: 20 years.
const LIFE: Duration = Duration::from_secs(20 * 365 * 24 * 60 * 60);

/// Makes the authority and its key, durably.
pub(crate) fn make(disk: &dyn Disk, layout: &Layout, station: StationId, now: StationMs) -> Result<(), TlsError> {
    super::certificate::is_possible(now)?;
    let key = KeyPair::generate()?;
    let mut params = params(station);
    super::certificate::hold(&mut params, now, LIFE);
    let certificate = params.self_signed(&key)?;
    let path = layout.authority_key();
    durable::write_whole(disk, &path, key.serialize_pem().as_bytes()).map_err(|source| file_error(&path, source))?;
    let path = layout.authority();
    durable::write_whole(disk, &path, certificate.pem().as_bytes()).map_err(|source| file_error(&path, source))
}

/// Reads the key, to sign a certificate with.
pub(super) fn issuer(
    disk: &dyn Disk,
    layout: &Layout,
    station: StationId,
) -> Result<Issuer<'static, KeyPair>, TlsError> {
    let path = layout.authority_key();
    let pem = durable::read_text(disk, &path).map_err(|source| file_error(&path, source))?;
    Ok(Issuer::new(params(station), KeyPair::from_pem(&pem)?))
}

/// The same in each life of the program: a certificate names its issuer by these words.
fn params(station: StationId) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, format!("Xunge station {station}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}
