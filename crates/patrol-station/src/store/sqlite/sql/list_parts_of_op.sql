-- The personal fields of an op, whichever journal brought them.
SELECT p.field, p.salt, p.value
FROM journal_op AS o
JOIN journal_part AS p ON p.log = o.log AND p.seq = o.seq
WHERE o.op_id = ?1
ORDER BY p.field, p.log, p.seq
