-- An op that is held but could not be applied.
INSERT INTO quarantine (log, seq, code) VALUES (?1, ?2, ?3)
