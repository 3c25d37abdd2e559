-- This op was applied.
INSERT INTO applied_op (op_id, log, seq) VALUES (?1, ?2, ?3)
