-- A personal field beside its op.
INSERT OR IGNORE INTO journal_part (log, seq, field, salt, value) VALUES (?1, ?2, ?3, ?4, ?5)
