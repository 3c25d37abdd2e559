-- Originals without a receipt, their bytes, and originals that are signed for; the same bytes count once. Only what waits
-- is looked at.
SELECT count(*), coalesce(sum(bytes), 0), (SELECT signed FROM sync_count)
FROM (
  SELECT max(p.bytes) AS bytes
  FROM sync_photo AS s CROSS JOIN view_case_photo AS p ON p.sha256 = s.sha256
  WHERE s.receipt IS NULL
  GROUP BY s.sha256
)
