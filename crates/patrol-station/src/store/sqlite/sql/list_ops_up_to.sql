-- A journal's bytes in order, up to a position.
SELECT bytes FROM journal_op WHERE log = ?1 AND seq <= ?2 ORDER BY seq
