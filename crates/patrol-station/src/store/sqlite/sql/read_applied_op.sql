-- The op that was applied under this id: its bytes, where it stands, and whose journal that is.
SELECT o.bytes, a.log, a.seq, j.device
FROM applied_op AS a
JOIN journal_op AS o ON o.log = a.log AND o.seq = a.seq
JOIN journal AS j ON j.log = a.log
WHERE a.op_id = ?1
