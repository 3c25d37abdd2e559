//! A station in this process, over plain HTTP on loopback.

use std::sync::Arc;

use patrol_domain::StationMs;
use patrol_station::{InitOptions, Station, StationOptions, TlsMode};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::phone::START_MS;

struct Still;

impl patrol_station::Clock for Still {
    fn now(&self) -> StationMs {
        StationMs(START_MS)
    }
}

/// A station that serves until the test ends.
pub(crate) struct Near {
    station: Station,
    url: String,
    _folder: TempDir,
}

impl Near {
    pub(crate) async fn serving() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("station");
        let mut options = StationOptions::new(&data);
        options.ports.clock = Arc::new(Still);
        let init = InitOptions {
            data,
            name: "凤台中队".into(),
            listen: None,
            tls: TlsMode::OffOnLoopback,
            district: patrol_station::Place::default(),
            street_office: patrol_station::Place::default(),
        };
        patrol_station::init(&init, &options.ports).unwrap();
        let station = Station::open(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = station.clone();
        tokio::spawn(async move { serving.serve(listener, std::future::pending::<()>()).await });
        Self {
            station,
            url,
            _folder: folder,
        }
    }

    /// A one-time code for an officer.
    pub(crate) async fn code(&self, number: &str, name: &str) -> String {
        let officer = patrol_wire::Officer {
            number: number.into(),
            name: name.into(),
        };
        self.station.make_code(officer, &self.url).await.unwrap().to_string()
    }
}
