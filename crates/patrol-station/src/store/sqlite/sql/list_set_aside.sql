-- Ops that are held but could not be applied, the last to come first.
SELECT q.log, q.seq, q.code, d.officer_number, o.received_ms
FROM quarantine AS q
JOIN journal_op AS o ON o.log = q.log AND o.seq = q.seq
JOIN journal AS j ON j.log = q.log
JOIN device AS d ON d.device = j.device
ORDER BY o.received_ms DESC, q.log, q.seq DESC
LIMIT ?1
