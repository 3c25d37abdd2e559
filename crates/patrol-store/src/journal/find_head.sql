-- How far a journal goes.
SELECT seq, hash, op_id FROM journal_op WHERE log = ?1 ORDER BY seq DESC LIMIT 1
