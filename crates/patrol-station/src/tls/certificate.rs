//! The certificate that the station serves with: issued, checked, renewed.

use std::path::Path;
use std::time::Duration;

use patrol_domain::{StationId, StationMs};
use patrol_sqlite::Disk;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;

use super::{Authority, TlsError, authority, file_error, pem_error};
use crate::durable;
use crate::layout::Layout;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Apple's systems refuse longer ones, and somebody will open the station's page there.
const LIFE: Duration = DAY.saturating_mul(825);

/// How long before its end a certificate is renewed.
const RENEWED_BEFORE: Duration = DAY.saturating_mul(30);

/// Says from when until when a certificate holds. It begins long before it was made, so that a phone whose clock stands
/// behind is not refused.
pub(super) fn hold(params: &mut CertificateParams, now: StationMs, life: Duration) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = epoch + unix_time(now) + life;
}

/// When everything that a station makes begins to hold, and before which no clock is right: 2025-01-01.
const NOT_BEFORE_MS: i64 = 1_735_689_600_000;

/// Refuses a clock at which nothing would hold that is made now.
pub(super) fn is_possible(clock: StationMs) -> Result<(), TlsError> {
    if clock.0 < NOT_BEFORE_MS {
        return Err(TlsError::ClockBehind { clock });
    }
    Ok(())
}

/// Since 1970; a clock that is out of all reason is brought back into a century that certificates can name.
fn unix_time(now: StationMs) -> Duration {
    const YEAR_2100_MS: i64 = 4_102_444_800_000;
    Duration::from_millis(now.0.clamp(0, YEAR_2100_MS).unsigned_abs())
}

/// Issues a certificate with a key of its own, when there is none, or it ends soon, or it lacks one of `names`.
pub(super) fn renew_if_due(
    disk: &dyn Disk,
    layout: &Layout,
    authority: &Authority,
    station: StationId,
    names: &[String],
    now: StationMs,
) -> Result<(), TlsError> {
    is_possible(now)?;
    let path = layout.certificate();
    if disk
        .length(&path)
        .map_err(|source| file_error(&path, source))?
        .is_some()
    {
        let chain = read_chain(disk, &path)?;
        let later = StationMs(
            now.0
                .saturating_add(i64::try_from(RENEWED_BEFORE.as_millis()).unwrap_or(i64::MAX)),
        );
        let holds = check(&chain, authority, later).is_ok();
        if holds && names.iter().all(|name| is_for(&chain, name)) {
            return Ok(());
        }
    }
    issue(disk, layout, station, names, now)?;
    tracing::info!(path = %path.display(), "issued a certificate");
    Ok(())
}

fn issue(
    disk: &dyn Disk,
    layout: &Layout,
    station: StationId,
    names: &[String],
    now: StationMs,
) -> Result<(), TlsError> {
    let issuer = authority::issuer(disk, layout, station)?;
    let mut params = CertificateParams::new(names)?;
    hold(&mut params, now, LIFE);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Xunge station");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    let write = |path: &Path, pem: &str| {
        durable::write_whole(disk, path, pem.as_bytes()).map_err(|source| file_error(path, source))
    };
    // Both in one file: a certificate must never be found beside another one's key.
    let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
    write(&layout.certificate(), &pem)
}

/// A chain as it stands in a file, the leaf first.
pub(super) fn read_chain(disk: &dyn Disk, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = durable::read(disk, path).map_err(|source| file_error(path, source))?;
    let read = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    read.map_err(|error| pem_error(path, error))
}

/// Whether the chain leads to the authority and holds at `now`.
pub(super) fn check(
    chain: &[CertificateDer<'static>],
    authority: &Authority,
    now: StationMs,
) -> Result<(), rustls::Error> {
    let (leaf, rest) = chain.split_first().ok_or(rustls::Error::NoCertificatesPresented)?;
    verify_server_cert_signed_by_trust_anchor(
        &ParsedCertificate::try_from(leaf)?,
        &authority.roots()?,
        rest,
        UnixTime::since_unix_epoch(unix_time(now)),
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .all,
    )
}

/// The last second at which a chain holds that holds at `now`: found by halves, so that reading X.509 stays with those
/// who check it.
pub(super) fn ends(chain: &[CertificateDer<'static>], authority: &Authority, now: StationMs) -> StationMs {
    let (mut holds, mut ended) = (unix_time(now).as_secs(), unix_time(StationMs(i64::MAX)).as_secs());
    let at = |seconds: u64| StationMs(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000));
    while ended.saturating_sub(holds) > 1 {
        let middle = holds.midpoint(ended);
        match check(chain, authority, at(middle)) {
            Ok(()) => holds = middle,
            Err(_) => ended = middle,
        }
    }
    at(holds)
}

/// Whether the chain's certificate names this host.
pub(super) fn is_for(chain: &[CertificateDer<'static>], name: &str) -> bool {
    let (Some(leaf), Ok(name)) = (chain.first(), ServerName::try_from(name)) else {
        return false;
    };
    ParsedCertificate::try_from(leaf).is_ok_and(|leaf| verify_server_name(&leaf, &name).is_ok())
}

#[cfg(test)]
mod tests {
    use patrol_sqlite::MachineDisk;

    use super::*;

    const NOW: StationMs = StationMs(1_781_745_128_000);
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    struct Made {
        _folder: tempfile::TempDir,
        layout: Layout,
        station: StationId,
        authority: Authority,
    }

    fn made() -> Made {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path());
        std::fs::create_dir(layout.keys()).unwrap();
        let station = "01978123-4567-7abc-8def-000000000001".parse().unwrap();
        authority::make(&MachineDisk, &layout, station, NOW).unwrap();
        let authority = Authority::read(&MachineDisk, &layout.authority()).unwrap();
        Made {
            _folder: folder,
            layout,
            station,
            authority,
        }
    }

    impl Made {
        /// The leaf that a start at this time with these names serves.
        fn start(&self, names: &[&str], now: i64) -> CertificateDer<'static> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            renew_if_due(
                &MachineDisk,
                &self.layout,
                &self.authority,
                self.station,
                &names,
                StationMs(now),
            )
            .unwrap();
            let chain = read_chain(&MachineDisk, &self.layout.certificate()).unwrap();
            check(&chain, &self.authority, StationMs(now)).unwrap();
            assert!(names.iter().all(|name| is_for(&chain, name)));
            chain.into_iter().next().unwrap()
        }
    }

    #[test]
    fn a_certificate_stays_until_its_last_month_or_another_name() {
        let station = made();
        let first = station.start(&["127.0.0.1", "localhost"], NOW.0);
        assert_eq!(station.start(&["127.0.0.1"], NOW.0 + 794 * DAY_MS), first);
        let later = station.start(&["127.0.0.1"], NOW.0 + 796 * DAY_MS);
        assert_ne!(later, first);
        let wider = station.start(&["127.0.0.1", "station.example"], NOW.0 + 797 * DAY_MS);
        assert_ne!(wider, later);
        let chain = [wider];
        assert!(is_for(&chain, "station.example") && !is_for(&chain, "other.example") && !is_for(&chain, "192.0.2.1"));
    }

    #[test]
    fn the_authority_holds_for_as_long_as_phones_do_and_no_other_authority_will_do() {
        let (station, other) = (made(), made());
        let last = NOW.0 + 19 * 365 * DAY_MS;
        let chain = [station.start(&["127.0.0.1"], last)];
        assert!(check(&chain, &other.authority, StationMs(last)).is_err());
        assert!(check(&chain, &station.authority, StationMs(last + 900 * DAY_MS)).is_err());
    }
}
