-- An original whose draft is gone.
INSERT OR IGNORE INTO photo_found (sha256, at_ms, is_aside) VALUES (?1, ?2, ?3)
