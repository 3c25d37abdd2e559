-- A journal's bytes in order, each with the chain's value that was stored.
SELECT seq, bytes, hash FROM journal_op WHERE log = ?1 ORDER BY seq
