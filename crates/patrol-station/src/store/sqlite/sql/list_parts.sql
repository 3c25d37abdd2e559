-- The personal fields beside one op.
SELECT field, salt, value FROM journal_part WHERE log = ?1 AND seq = ?2 ORDER BY field
