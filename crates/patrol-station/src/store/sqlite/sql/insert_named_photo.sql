-- An op names an original; twice in one op is once.
INSERT INTO named_photo (log, seq, sha256, device, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (log, seq, sha256) DO NOTHING
