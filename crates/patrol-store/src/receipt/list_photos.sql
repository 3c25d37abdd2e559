-- Receipts of originals before a mark, newest first.
SELECT s.sha256, s.station_ms, s.receipt, (
  SELECT c.number FROM view_case_photo AS p CROSS JOIN view_case AS c ON c.case_id = p.case_id
  WHERE p.sha256 = s.sha256 LIMIT 1
)
FROM sync_photo AS s
WHERE s.receipt IS NOT NULL AND (s.station_ms, s.sha256) < (?1, ?2)
ORDER BY s.station_ms DESC, s.sha256 DESC
LIMIT ?3
