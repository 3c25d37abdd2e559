-- The ops of a case with every place where the same bytes stand, the first place first, and why they wait there.
SELECT v.op_id, f.bytes, o.log, o.seq, j.device, o.received_ms, q.code
FROM view_case_op AS v
JOIN journal_op AS f ON f.log = v.log AND f.seq = v.seq
JOIN journal_op AS o ON o.op_id = v.op_id AND o.bytes = f.bytes
JOIN journal AS j ON j.log = o.log
LEFT JOIN quarantine AS q ON q.log = o.log AND q.seq = o.seq
WHERE v.case_id = ?1
ORDER BY v.op_id, o.log = v.log AND o.seq = v.seq DESC, o.log, o.seq
