-- An op that is held but could not be applied.
INSERT INTO quarantine (log, seq, code) VALUES (?1, ?2, ?3)
ON CONFLICT (log, seq) DO UPDATE SET code = excluded.code
