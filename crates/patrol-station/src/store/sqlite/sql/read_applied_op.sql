-- The bytes of the op that was applied under this id.
SELECT o.bytes
FROM applied_op AS a
JOIN journal_op AS o ON o.log = a.log AND o.seq = a.seq
WHERE a.op_id = ?1
