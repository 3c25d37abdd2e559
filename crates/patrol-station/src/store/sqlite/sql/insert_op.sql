-- One op, verbatim.
INSERT INTO journal_op (log, seq, op_id, bytes, hash, received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
