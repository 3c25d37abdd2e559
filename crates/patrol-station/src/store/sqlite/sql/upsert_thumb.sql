-- A thumbnail is stored.
INSERT INTO thumb (sha256, device, bytes, stored_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes, stored_ms = excluded.stored_ms
