-- An original whose draft is gone.
INSERT INTO photo_found (sha256, at_ms) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING
