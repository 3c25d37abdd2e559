//! What a phone believes of a station's certificate: it comes from the one authority that was pinned at enrolment.
//!
//! No other authority of the world counts, and the machine's own list of them is never looked at. The time that the
//! certificate is held against does not hang on the phone's clock alone: a clock that was set wrong must not shut a
//! phone out of its station.

use std::fmt;
use std::sync::Arc;

use patrol_domain::{Sha256Hash, StationMs, WallMs};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::transport::Trust;

/// 2026-11-23: no phone that runs this program lives earlier, whatever its clock says.
const RELEASE: StationMs = StationMs(1_795_392_000_000);

/// How far a phone's clock may be ahead of the last time that the station has signed, and still be believed alone.
const FAR_MS: i64 = 366 * 24 * 60 * 60 * 1000;

/// What a phone knows of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneTime {
    /// What its clock says.
    pub wall: WallMs,
    /// The latest time that the station has signed, if it ever did.
    pub station: Option<StationMs>,
}

/// Tells it, each time that a certificate is looked at.
pub type TimeSource = Arc<dyn Fn() -> PhoneTime + Send + Sync>;

impl PhoneTime {
    /// The times that a certificate may be held against: it is enough that it holds at one of them.
    ///
    /// A clock that stands behind is brought forward to what is known to be over. One that is far ahead may be right (a
    /// phone that lay in a drawer) or wrong; a certificate that held when the station last signed is then believed too.
    fn candidates(self) -> impl Iterator<Item = UnixTime> {
        let known = self.station.unwrap_or(RELEASE).max(RELEASE).0;
        let now = self.wall.0.max(known);
        let is_far = now.saturating_sub(known) > FAR_MS;
        [Some(now), is_far.then_some(known)]
            .into_iter()
            .flatten()
            .map(unix_time)
    }
}

fn unix_time(ms: i64) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_millis(u64::try_from(ms).unwrap_or_default()))
}

/// rustls asks for the time through this, so that nothing asks the machine behind our back.
struct PortTime(TimeSource);

impl fmt::Debug for PortTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortTime")
    }
}

impl TimeProvider for PortTime {
    fn current_time(&self) -> Option<UnixTime> {
        (self.0)().candidates().next()
    }
}

/// The configuration of a client that believes `trust` and nobody else.
pub(crate) fn client_config(trust: &Trust, time: TimeSource) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = PinnedAuthority::new(trust.clone(), Arc::clone(&time), &provider);
    let config = ClientConfig::builder_with_details(provider, Arc::new(PortTime(time)))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// Verifies against the pinned authority.
struct PinnedAuthority {
    trust: Trust,
    time: TimeSource,
    algorithms: WebPkiSupportedAlgorithms,
}

impl fmt::Debug for PinnedAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinnedAuthority")
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

impl PinnedAuthority {
    fn new(trust: Trust, time: TimeSource, provider: &CryptoProvider) -> Self {
        Self {
            trust,
            time,
            algorithms: provider.signature_verification_algorithms,
        }
    }

    /// The pinned authority; before the enrolment it is looked for in what the station presents.
    fn root(&self, presented: &[CertificateDer<'_>]) -> Option<CertificateDer<'static>> {
        match &self.trust {
            Trust::Loopback => None,
            Trust::Authority(der) => Some(CertificateDer::from(der.to_vec())),
            Trust::Fingerprint(pinned) => presented
                .iter()
                .find(|certificate| Sha256Hash::of(certificate) == *pinned)
                .map(|certificate| certificate.clone().into_owned()),
        }
    }
}

impl ServerCertVerifier for PinnedAuthority {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let root = self
            .root(intermediates)
            .ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        let mut roots = RootCertStore::empty();
        roots.add(root)?;
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let mut outcome = Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        for now in (self.time)().candidates() {
            outcome = verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &roots,
                intermediates,
                now,
                self.algorithms.all,
            );
            if outcome.is_ok() {
                break;
            }
        }
        outcome?;
        verify_server_name(&certificate, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What a handshake that failed says about who answered.
pub(crate) enum Stranger {
    /// A certificate that does not come from the pinned authority, is for another host, or does not hold now.
    Certificate(String),
    /// Bytes that are not TLS as we speak it: another server, or a portal in between.
    Speech,
}

/// Reads it out of an error, when there is anything in it.
pub(crate) fn stranger(error: &Error) -> Option<Stranger> {
    match error {
        Error::InvalidCertificate(why) => Some(Stranger::Certificate(format!("{why:?}"))),
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerIncompatible(_)
        | Error::PeerMisbehaved(_)
        | Error::AlertReceived(_)
        | Error::NoCertificatesPresented
        | Error::NoApplicationProtocol => Some(Stranger::Speech),
        // A bent line, or a defect: neither says who is at its end.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: i64 = 366 * 24 * 60 * 60 * 1000;

    fn candidates(wall: i64, station: Option<i64>) -> Vec<i64> {
        let time = PhoneTime {
            wall: WallMs(wall),
            station: station.map(StationMs),
        };
        let ms = |time: UnixTime| i64::try_from(time.as_secs()).unwrap() * 1000;
        time.candidates().map(ms).collect()
    }

    #[test]
    fn a_clock_that_stands_behind_is_brought_forward() {
        let later = RELEASE.0 + YEAR_MS;
        for wall in [i64::MIN, -1, 0, RELEASE.0 - 1] {
            assert_eq!(candidates(wall, None), [RELEASE.0]);
            assert_eq!(candidates(wall, Some(0)), [RELEASE.0]);
            assert_eq!(candidates(wall, Some(later)), [later]);
        }
    }

    #[test]
    fn a_clock_that_is_ahead_is_believed_and_one_that_is_far_ahead_not_alone() {
        let last = RELEASE.0 + YEAR_MS;
        assert_eq!(candidates(last + 1000, Some(last)), [last + 1000]);
        assert_eq!(candidates(last + YEAR_MS, Some(last)), [last + YEAR_MS]);
        let far = last + 2 * YEAR_MS;
        assert_eq!(candidates(far, Some(last)), [far, last]);
        assert_eq!(candidates(far, None), [far, RELEASE.0]);
        assert_eq!(candidates(i64::MAX, Some(last)).last(), Some(&last));
    }
}
