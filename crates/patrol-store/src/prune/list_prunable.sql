-- Originals of which all that is needed is signed for and in a verified backup of this epoch, ?2, and whose newest op and
-- receipt are older than ?1. One that waits on a draft, or that was found, is somebody's still.
SELECT p.sha256, max(p.bytes)
FROM view_case_photo AS p
JOIN sync_photo AS s ON s.sha256 = p.sha256
JOIN journal_op AS o ON o.log = p.log AND o.seq = p.seq
LEFT JOIN sync_log AS l ON l.log = p.log
WHERE s.receipt IS NOT NULL AND s.problem IS NULL AND s.station_ms < ?1
  AND p.sha256 NOT IN (SELECT sha256 FROM draft_case_photo)
  AND p.sha256 NOT IN (SELECT sha256 FROM photo_found)
GROUP BY p.sha256
HAVING min(coalesce(l.acked_seq >= p.seq AND l.safe_seq >= p.seq AND l.epoch = ?2, 0)) = 1
   AND max(json_extract(CAST(o.bytes AS TEXT), '$.at.wall_ms')) < ?1
ORDER BY p.sha256
