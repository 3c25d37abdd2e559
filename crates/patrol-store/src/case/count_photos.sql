-- Originals without a receipt, their bytes, and originals that are signed for; the same bytes count once.
SELECT coalesce(sum(s.receipt IS NULL), 0),
       coalesce(sum(CASE WHEN s.receipt IS NULL THEN p.bytes ELSE 0 END), 0),
       coalesce(sum(s.receipt IS NOT NULL), 0)
FROM (SELECT sha256, max(bytes) AS bytes FROM view_case_photo GROUP BY sha256) AS p
LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
