//! The embedded store: one SQLite file and a folder of photos.

use p256::ecdsa::SigningKey;
use patrol_domain::hash::decode_hex;
use patrol_station::{InitOptions, Place, Station, StationOptions, TlsMode, init};

use crate::Stage;
use crate::stage::{HandClock, ports};

async fn stage() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let clock = HandClock::new();
    let data = folder.path().join("data");
    let options = InitOptions {
        data: data.clone(),
        name: "江心洲中队".into(),
        listen: None,
        tls: TlsMode::OffOnLoopback,
        district: Place::default(),
        street_office: Place::default(),
    };
    init(&options, &ports(&clock)).unwrap();
    let options = StationOptions {
        ports: ports(&clock),
        ..StationOptions::new(&data)
    };
    let station = Station::open(options).unwrap();
    let key = std::fs::read_to_string(data.join("keys/receipt.key")).unwrap();
    Stage {
        store: std::sync::Arc::clone(station.store()),
        key: station.public_key().clone(),
        signing: SigningKey::from_slice(&decode_hex::<32>(key.trim()).unwrap()).unwrap(),
        clock,
        _kept: Box::new(folder),
    }
}

crate::conforms_to_all!(crate::sqlite::stage);
