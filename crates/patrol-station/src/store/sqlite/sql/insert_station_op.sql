-- One op of the station's own.
INSERT INTO station_op (log, seq, bytes, hash, made_ms) VALUES (?1, ?2, ?3, ?4, ?5)
