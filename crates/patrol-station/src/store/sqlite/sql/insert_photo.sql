-- An original is stored; another phone may have brought it before.
INSERT INTO photo (sha256, bytes, extension, stored_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (sha256) DO NOTHING
