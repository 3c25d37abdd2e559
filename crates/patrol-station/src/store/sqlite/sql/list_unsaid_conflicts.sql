-- Ops that were set aside for another with their id before the station kept a journal, in the order of their arrival.
SELECT q.log, q.seq, o.bytes, o.op_id, f.bytes, a.log, a.seq
FROM quarantine AS q
JOIN journal_op AS o ON o.log = q.log AND o.seq = q.seq
JOIN applied_op AS a ON a.op_id = o.op_id
JOIN journal_op AS f ON f.log = a.log AND f.seq = a.seq
LEFT JOIN station_conflict AS c ON c.log = q.log AND c.seq = q.seq
WHERE q.code = 'id_conflict' AND c.log IS NULL
ORDER BY o.rowid
