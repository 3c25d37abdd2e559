//! TLS: the station's own certificate authority, the certificate that it serves with, and what phones pin.
//!
//! Phones pin the authority and not the certificate, so that a certificate can be renewed, for other names too, without
//! enrolling anybody again. Keys are made by ring, which asks the system for randomness by itself: the one place where
//! it does not come through the ports.

mod authority;
mod certificate;
mod names;
mod served;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patrol_domain::{Sha256Hash, StationId, StationMs};
use patrol_sqlite::Disk;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{RootCertStore, ServerConfig};

use crate::config::{Config, TlsMode};
use crate::durable;
use crate::layout::Layout;
use crate::page::station_text;
use crate::ports::Ports;

pub(crate) use authority::make as make_authority;
use names::{host, names};
pub(crate) use served::ServedCertificate;

/// Keys or certificates that cannot be made, read or used. Read by the person at the keyboard.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file holds something else.
    #[error("{path} does not hold what it should, as PEM: {reason}")]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A key or a certificate cannot be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
    /// The certificate cannot be served with: it does not come from the authority, or the key is another one's.
    #[error("the certificate in {path} cannot be used: {source}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// Before there were stations: nothing that the station makes would hold, and no phone would be told the time rightly.
    #[error("this machine's clock says {}, which cannot be: set it right and start again", station_text(*.clock))]
    ClockBehind {
        /// What the clock says.
        clock: StationMs,
    },
    /// The certificate or its authority has ended, or the clock is ahead.
    #[error(
        "this machine's clock says {}, and the certificate in {path} has ended by then: set the clock right if it is wrong; if it is right, put a new certificate there",
        station_text(*.clock)
    )]
    Ended {
        /// Where it lies.
        path: PathBuf,
        /// What the clock says.
        clock: StationMs,
    },
    /// What phones call is no name that a certificate can have.
    #[error("{name:?} is neither a host's name nor an address: correct [tls] names, listen or public_url")]
    Name {
        /// What was set.
        name: String,
    },
    /// A phone would not believe the certificate at this address.
    #[error("the certificate does not name {name}: add it to [tls] names in station.toml and start the station again")]
    NotNamed {
        /// The host of the address.
        name: String,
    },
    /// One or two of three paths are set.
    #[error("[tls] certificate, key and authority are set together or not at all")]
    Incomplete,
    /// An address with `https`, and nothing that a phone could pin.
    #[error("this station speaks no TLS: set [tls] authority to what stands behind the https address")]
    NoAuthority,
}

fn file_error(path: &Path, source: std::io::Error) -> TlsError {
    TlsError::File {
        path: path.to_owned(),
        source,
    }
}

fn pem_error(path: &Path, error: rustls::pki_types::pem::Error) -> TlsError {
    match error {
        rustls::pki_types::pem::Error::Io(source) => file_error(path, source),
        other => TlsError::Pem {
            path: path.to_owned(),
            reason: other.to_string(),
        },
    }
}

/// The certificate authority as phones pin it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    der: CertificateDer<'static>,
}

impl Authority {
    fn read(disk: &dyn Disk, path: &Path) -> Result<Self, TlsError> {
        let pem = durable::read(disk, path).map_err(|source| file_error(path, source))?;
        let der = CertificateDer::from_pem_slice(&pem).map_err(|error| pem_error(path, error))?;
        Ok(Self { der })
    }

    /// DER, as a phone keeps it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 over the DER, as it stands in an enrolment code.
    pub fn fingerprint(&self) -> Sha256Hash {
        Sha256Hash::of(&self.der)
    }

    fn roots(&self) -> Result<RootCertStore, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone())?;
        Ok(roots)
    }
}

/// Where keys and certificates lie, given ones or the station's own.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    authority: PathBuf,
    is_own: bool,
}

impl Files {
    fn of(config: &Config, layout: &Layout) -> Result<Self, TlsError> {
        let tls = &config.tls;
        match (&tls.certificate, &tls.key, &tls.authority) {
            (None, None, None) => Ok(Self {
                certificate: layout.certificate(),
                key: layout.certificate(),
                authority: layout.authority(),
                is_own: true,
            }),
            (Some(certificate), Some(key), Some(authority)) => Ok(Self {
                certificate: certificate.clone(),
                key: key.clone(),
                authority: authority.clone(),
                is_own: false,
            }),
            _ => Err(TlsError::Incomplete),
        }
    }
}

/// What phones pin; nothing when the station speaks plain HTTP and no proxy's authority is set.
pub(crate) fn authority(disk: &dyn Disk, config: &Config, layout: &Layout) -> Result<Option<Authority>, TlsError> {
    match (config.tls.mode, &config.tls.authority) {
        (TlsMode::On, _) => Authority::read(disk, &Files::of(config, layout)?.authority).map(Some),
        (_, Some(proxy)) => Authority::read(disk, proxy).map(Some),
        (_, None) => Ok(None),
    }
}

/// How to serve, and the certificate to serve with; renews the station's own when it ends soon or lacks a name.
pub(crate) fn server(
    config: &Config,
    layout: &Layout,
    station: StationId,
    ports: &Ports,
) -> Result<(Arc<ServerConfig>, Arc<ServedCertificate>), TlsError> {
    let certificate = ServedCertificate::open(config, layout, station, ports)?;
    let unusable = |source| TlsError::Unusable {
        path: layout.certificate(),
        source,
    };
    let mut server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::<ServedCertificate>::clone(&certificate));
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A phone that comes back after a break need not prove and check everything anew.
    server.ticketer = rustls::crypto::ring::Ticketer::new().map_err(unusable)?;
    Ok((Arc::new(server), certificate))
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Refuses an `https` address whose host the certificate does not name: no phone would believe it.
pub(crate) fn is_callable(disk: &dyn Disk, config: &Config, layout: &Layout, url: &str) -> Result<(), TlsError> {
    let name = host(url);
    let named = if config.tls.mode != TlsMode::On {
        // What the proxy's certificate says is not ours to know.
        true
    } else {
        let files = Files::of(config, layout)?;
        if files.is_own {
            names(config)?.iter().any(|known| known.eq_ignore_ascii_case(name))
        } else {
            certificate::is_for(&certificate::read_chain(disk, &files.certificate)?, name)
        }
    };
    if named {
        Ok(())
    } else {
        Err(TlsError::NotNamed { name: name.to_owned() })
    }
}
