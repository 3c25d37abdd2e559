-- Which personal fields of a run of ops are held.
SELECT seq, field FROM journal_part WHERE log = ?1 AND seq > ?2 AND seq <= ?3
