-- Thumbnails whose op the station holds, newest case first. Only what waits is looked at.
SELECT s.sha256, max(p.bytes), f.source, s.begun
FROM sync_photo AS s
CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
CROSS JOIN view_case AS c ON c.case_id = p.case_id
CROSS JOIN sync_log AS l ON l.log = p.log AND l.acked_seq >= p.seq
CROSS JOIN photo AS f ON f.sha256 = s.sha256
WHERE s.thumb_sent = 0 AND length(f.thumbnail) <= :largest
GROUP BY s.sha256
ORDER BY max(c.place_order) DESC, min(p.position)
LIMIT :limit
