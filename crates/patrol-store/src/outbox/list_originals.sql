-- Originals whose op the station holds and that it has not signed for, newest case first. One that was called damaged or
-- lost is among them: it may have come back. Only what waits is looked at.
SELECT s.sha256, max(p.bytes), coalesce(f.source, 'import'), s.begun
FROM sync_photo AS s
CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
CROSS JOIN view_case AS c ON c.case_id = p.case_id
CROSS JOIN sync_log AS l ON l.log = p.log AND l.acked_seq >= p.seq
LEFT JOIN photo AS f ON f.sha256 = s.sha256
WHERE s.receipt IS NULL
GROUP BY s.sha256
ORDER BY max(c.place_order) DESC, min(p.position)
LIMIT :limit
