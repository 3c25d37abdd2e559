-- The bytes of one op.
SELECT bytes FROM journal_op WHERE log = ?1 AND seq = ?2
