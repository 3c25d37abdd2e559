-- Originals whose op the station holds and that it has not signed for, newest case first. One that was called damaged or
-- lost is among them: it may have come back.
SELECT p.sha256, max(p.bytes), coalesce(f.source, 'import'), coalesce(s.begun, 0)
FROM view_case_photo AS p
JOIN view_case AS c ON c.case_id = p.case_id
JOIN sync_log AS l ON l.log = p.log AND l.acked_seq >= p.seq
LEFT JOIN photo AS f ON f.sha256 = p.sha256
LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
WHERE s.receipt IS NULL
GROUP BY p.sha256
ORDER BY max(c.place_order) DESC, min(p.position)
LIMIT :limit
