-- This op was applied; in a replay it was already.
INSERT INTO applied_op (op_id, log, seq) VALUES (?1, ?2, ?3)
ON CONFLICT (op_id) DO NOTHING
