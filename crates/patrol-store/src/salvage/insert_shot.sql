-- Where the camera was told to write.
INSERT OR IGNORE INTO shot (name, draft_id, role, made_ms) VALUES (?1, ?2, ?3, ?4)
