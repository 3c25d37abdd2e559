-- The chain's value at one position.
SELECT hash FROM journal_op WHERE log = ?1 AND seq = ?2
