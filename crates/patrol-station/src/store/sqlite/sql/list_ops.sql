-- A journal's bytes in order.
SELECT seq, bytes FROM journal_op WHERE log = ?1 ORDER BY seq
