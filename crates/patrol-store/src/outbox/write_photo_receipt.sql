-- A verified receipt for one original.
INSERT INTO sync_photo (sha256, station_ms, receipt) VALUES (?1, ?2, ?3)
ON CONFLICT (sha256) DO UPDATE SET station_ms = excluded.station_ms, receipt = excluded.receipt, problem = NULL
