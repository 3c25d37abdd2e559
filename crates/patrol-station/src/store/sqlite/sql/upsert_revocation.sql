-- A phone is retired or lost; a lost one does not come back.
INSERT INTO revocation (device, state, set_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (device) DO UPDATE SET state = excluded.state, set_ms = excluded.set_ms
WHERE excluded.state > revocation.state
