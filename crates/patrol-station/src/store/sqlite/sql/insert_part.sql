-- A personal field beside its op; its seal was checked, so a second one is the same.
INSERT INTO journal_part (log, seq, field, salt, value, received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (log, seq, field) DO NOTHING
