-- The camera is about to write here.
INSERT INTO shot (name, draft_id, role, made_ms, slot, boot_ms, boot_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
