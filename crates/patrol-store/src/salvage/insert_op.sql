-- An op, as it was written.
INSERT OR IGNORE INTO journal_op (log, seq, op_id, bytes, hash) VALUES (?1, ?2, ?3, ?4, ?5)
