-- The chain's value at a position.
SELECT hash FROM journal_op WHERE log = ?1 AND seq = ?2
