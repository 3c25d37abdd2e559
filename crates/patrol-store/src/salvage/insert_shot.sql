-- Where the camera was told to write.
INSERT OR IGNORE INTO shot (name, draft_id, role, made_ms, slot, boot_ms, boot_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
