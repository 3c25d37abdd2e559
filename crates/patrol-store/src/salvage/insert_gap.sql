-- Ops that are gone.
INSERT OR IGNORE INTO journal_gap (log, from_seq, to_seq) VALUES (?1, ?2, ?3)
