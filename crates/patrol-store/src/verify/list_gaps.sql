-- Positions that a damaged file took with it.
SELECT from_seq, to_seq FROM journal_gap WHERE log = ?1 ORDER BY from_seq
