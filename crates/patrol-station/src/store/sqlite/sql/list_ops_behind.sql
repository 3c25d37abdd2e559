-- A journal's ops behind a position, with the chain's values.
SELECT seq, bytes, hash FROM journal_op WHERE log = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4
