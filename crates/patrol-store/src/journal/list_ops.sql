-- A journal's ops behind a position, in order.
SELECT seq, bytes, hash FROM journal_op WHERE log = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3
