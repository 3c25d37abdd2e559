-- What is known of each photo of a case: its facts, when the station signed for it, whether it was cleared away here.
SELECT f.sha256, f.bytes, f.mime, f.source, f.width, f.height, f.taken, f.fix, f.place_problem, p.sha256,
       CASE WHEN s.receipt IS NOT NULL THEN s.station_ms END, coalesce(s.pruned, 0)
FROM view_case_photo AS p
LEFT JOIN photo AS f ON f.sha256 = p.sha256
LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
WHERE p.case_id = ?1
ORDER BY p.position
