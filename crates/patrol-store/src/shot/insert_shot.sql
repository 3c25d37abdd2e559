-- The camera is about to write here.
INSERT INTO shot (name, draft_id, role, made_ms) VALUES (?1, ?2, ?3, ?4)
