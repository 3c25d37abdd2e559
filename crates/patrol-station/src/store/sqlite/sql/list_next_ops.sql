-- Ops in the order in which they came, behind one of them, with whose they are.
SELECT o.rowid, o.log, o.seq, o.bytes, j.device, d.public_key
FROM journal_op AS o
JOIN journal AS j ON j.log = o.log
JOIN device AS d ON d.device = j.device
WHERE o.rowid > ?1
ORDER BY o.rowid
LIMIT ?2
