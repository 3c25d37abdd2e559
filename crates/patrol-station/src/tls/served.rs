//! The certificate that the station serves with at this moment: looked at again each day, and exchanged without a
//! restart, the station's own before it ends and a given one when its files have changed.
//!
//! Connections that are open keep theirs; the next handshake gets the new one. A look that fails leaves everything as it
//! is and says so in the log: an old certificate is better than none until it has ended.

use std::sync::{Arc, PoisonError, RwLock};

use patrol_domain::{StationId, StationMs};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error};

use super::{Authority, Files, TlsError, certificate, file_error, names, pem_error, provider};
use crate::config::Config;
use crate::durable;
use crate::layout::Layout;
use crate::ports::Ports;

/// A certificate that may be exchanged while it is served with.
pub(crate) struct ServedCertificate {
    files: Files,
    authority: Authority,
    layout: Layout,
    station: StationId,
    names: Vec<String>,
    ports: Ports,
    held: RwLock<Held>,
}

#[derive(Clone)]
struct Held {
    key: Arc<CertifiedKey>,
    ends: StationMs,
}

impl std::fmt::Debug for ServedCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServedCertificate({})", self.files.certificate.display())
    }
}

impl ResolvesServerCert for ServedCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.held().key)
    }
}

impl ServedCertificate {
    /// What lies there, or a new one of the station's own when that ends soon or lacks a name.
    pub(super) fn open(
        config: &Config,
        layout: &Layout,
        station: StationId,
        ports: &Ports,
    ) -> Result<Arc<Self>, TlsError> {
        let files = Files::of(config, layout)?;
        let authority = Authority::read(&*ports.disk, &files.authority)?;
        let names = if files.is_own { names(config)? } else { Vec::new() };
        let held = RwLock::new(load(&files, &authority, layout, station, &names, ports)?);
        Ok(Arc::new(Self {
            files,
            authority,
            layout: layout.clone(),
            station,
            names,
            ports: ports.clone(),
            held,
        }))
    }

    /// Renews what is due; says whether another certificate is served with from now on.
    pub(crate) fn look(&self) -> Result<bool, TlsError> {
        let found = load(
            &self.files,
            &self.authority,
            &self.layout,
            self.station,
            &self.names,
            &self.ports,
        )?;
        let is_other = found.key.cert != self.held().key.cert;
        if is_other {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = found;
            tracing::info!(path = %self.files.certificate.display(), "serving with another certificate");
        }
        Ok(is_other)
    }

    /// When it ends, or its authority before it.
    pub(crate) fn ends(&self) -> StationMs {
        self.held().ends
    }

    /// It is replaced as a whole, so a panic elsewhere leaves it usable.
    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn load(
    files: &Files,
    authority: &Authority,
    layout: &Layout,
    station: StationId,
    names: &[String],
    ports: &Ports,
) -> Result<Held, TlsError> {
    let (disk, now) = (&*ports.disk, ports.clock.now());
    if files.is_own {
        certificate::renew_if_due(disk, layout, authority, station, names, now)?;
    }
    let unusable = |source| TlsError::Unusable {
        path: files.certificate.clone(),
        source,
    };
    let mut chain = certificate::read_chain(disk, &files.certificate)?;
    certificate::check(&chain, authority, now).map_err(|error| match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            TlsError::Ended {
                path: files.certificate.clone(),
                clock: now,
            }
        }
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            TlsError::ClockBehind { clock: now }
        }
        other => unusable(other),
    })?;
    let ends = certificate::ends(&chain, authority, now);
    // The phone that enrols finds what its code names in the chain itself.
    if !chain.contains(&authority.der) {
        chain.push(authority.der.clone());
    }
    let pem = durable::read(disk, &files.key).map_err(|source| file_error(&files.key, source))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| pem_error(&files.key, error))?;
    let key = CertifiedKey::from_der(chain, key, &provider()).map_err(unusable)?;
    Ok(Held {
        key: Arc::new(key),
        ends,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use rustls::pki_types::CertificateDer;

    use super::super::authority;
    use super::*;
    use crate::config::{DEFAULT_LISTEN, Place, TlsMode, template};
    use crate::ports::Clock;

    const NOW: i64 = 1_781_745_128_000;
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now(&self) -> StationMs {
            StationMs(self.0.load(Ordering::Relaxed))
        }
    }

    struct Scene {
        _folder: tempfile::TempDir,
        layout: Layout,
        clock: Arc<HandClock>,
        ports: Ports,
        config: Config,
    }

    impl Scene {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let layout = Layout::new(folder.path());
            std::fs::create_dir(layout.keys()).unwrap();
            let text = template("x", DEFAULT_LISTEN, &Place::default(), &Place::default(), TlsMode::On);
            let clock = Arc::new(HandClock(AtomicI64::new(NOW)));
            let ports = Ports {
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
                ..Ports::machine()
            };
            authority::make(&*ports.disk, &layout, station(), StationMs(NOW)).unwrap();
            Self {
                config: Config::parse(&layout.config(), &text).unwrap(),
                _folder: folder,
                layout,
                clock,
                ports,
            }
        }

        fn open(&self) -> Result<Arc<ServedCertificate>, TlsError> {
            ServedCertificate::open(&self.config, &self.layout, station(), &self.ports)
        }

        fn set_clock(&self, now: i64) {
            self.clock.0.store(now, Ordering::Relaxed);
        }
    }

    fn station() -> StationId {
        "01978123-4567-7abc-8def-000000000001".parse().unwrap()
    }

    fn leaf(served: &ServedCertificate) -> CertificateDer<'static> {
        served.held().key.cert.first().unwrap().clone()
    }

    #[test]
    fn a_certificate_that_ends_soon_is_exchanged_while_it_is_served_with() {
        let scene = Scene::new();
        let served = scene.open().unwrap();
        let (first, end) = (leaf(&served), served.ends());
        assert_eq!(end.0 / 1000, (NOW + 825 * DAY_MS) / 1000);
        scene.set_clock(NOW + 794 * DAY_MS);
        assert!(!served.look().unwrap() && leaf(&served) == first);
        scene.set_clock(NOW + 796 * DAY_MS);
        assert!(served.look().unwrap() && leaf(&served) != first);
        assert_eq!(served.ends().0 / 1000, (NOW + (796 + 825) * DAY_MS) / 1000);
    }

    #[test]
    fn a_given_certificate_is_exchanged_when_its_files_are_and_a_bad_one_changes_nothing() {
        let mut scene = Scene::new();
        scene.open().unwrap();
        let given = scene.layout.data().join("given.pem");
        std::fs::copy(scene.layout.certificate(), &given).unwrap();
        scene.config.tls.certificate = Some(given.clone());
        scene.config.tls.key = Some(given.clone());
        scene.config.tls.authority = Some(scene.layout.authority());
        let served = scene.open().unwrap();
        let first = leaf(&served);
        std::fs::write(&given, "rubbish").unwrap();
        assert!(served.look().is_err() && leaf(&served) == first);
        std::fs::remove_file(scene.layout.certificate()).unwrap();
        let own = Config::parse(
            &scene.layout.config(),
            &template("x", DEFAULT_LISTEN, &Place::default(), &Place::default(), TlsMode::On),
        );
        ServedCertificate::open(&own.unwrap(), &scene.layout, station(), &scene.ports).unwrap();
        std::fs::copy(scene.layout.certificate(), &given).unwrap();
        assert!(served.look().unwrap() && leaf(&served) != first);
        scene.set_clock(NOW + 826 * DAY_MS);
        let ended = served.look().unwrap_err().to_string();
        assert!(
            ended.contains("clock says 2028-09-21") && ended.contains("given.pem"),
            "{ended}"
        );
    }

    #[test]
    fn a_clock_before_there_were_stations_is_named_and_no_certificate_is_lost_by_it() {
        let scene = Scene::new();
        let first = leaf(&scene.open().unwrap());
        for clock in [0, i64::MIN, 1_700_000_000_000] {
            scene.set_clock(clock);
            let refused = scene.open().unwrap_err().to_string();
            assert!(
                refused.contains("clock") && refused.contains("set it right"),
                "{refused}"
            );
            let made = authority::make(&*scene.ports.disk, &scene.layout, station(), StationMs(clock));
            assert!(matches!(made, Err(TlsError::ClockBehind { .. })));
        }
        scene.set_clock(NOW);
        assert!(leaf(&scene.open().unwrap()) == first);
    }
}
