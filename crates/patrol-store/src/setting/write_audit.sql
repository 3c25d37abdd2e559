-- What an audit came to.
INSERT INTO sync_audit (log, seq, is_equal, days, station_ms) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (log) DO UPDATE SET
  seq = excluded.seq, is_equal = excluded.is_equal, days = excluded.days, station_ms = excluded.station_ms
