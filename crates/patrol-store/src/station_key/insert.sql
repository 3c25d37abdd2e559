-- Another key of the station is believed.
INSERT INTO sync_station_key (key, statement) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING
