-- Every receipt beside the chain's value at its position.
SELECT r.log, r.seq, r.receipt, o.hash
FROM receipt AS r
LEFT JOIN journal_op AS o ON o.log = r.log AND o.seq = r.seq
ORDER BY r.log, r.seq
