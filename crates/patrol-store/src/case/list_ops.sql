-- The ops of a case as they lie in the journal, where each came first and where it stands last.
SELECT o.bytes, v.first, v.last, l.log, v.last & ((1 << 40) - 1)
FROM view_case_op AS v
JOIN journal_log AS l ON l.ordinal = v.last >> 40
JOIN journal_op AS o ON o.log = l.log AND o.seq = v.last & ((1 << 40) - 1)
WHERE v.case_id = ?1
ORDER BY v.first
