-- An original whose draft is gone.
INSERT OR IGNORE INTO photo_found (sha256, at_ms) VALUES (?1, ?2)
