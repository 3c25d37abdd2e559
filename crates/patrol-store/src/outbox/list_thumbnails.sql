-- Thumbnails whose op the station holds, newest case first.
SELECT p.sha256, max(p.bytes), f.source, coalesce(s.begun, 0)
FROM view_case_photo AS p
JOIN view_case AS c ON c.case_id = p.case_id
JOIN sync_log AS l ON l.log = p.log AND l.acked_seq >= p.seq
JOIN photo AS f ON f.sha256 = p.sha256
LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
WHERE coalesce(s.thumb_sent, 0) = 0 AND length(f.thumbnail) <= :largest
GROUP BY p.sha256
ORDER BY max(c.place_order) DESC, min(p.position)
LIMIT :limit
