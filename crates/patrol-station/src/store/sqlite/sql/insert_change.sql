-- A row came, changed or went.
INSERT INTO change (device, seq, kind, id, body, hash, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
