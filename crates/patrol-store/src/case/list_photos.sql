-- A case's photos with what has become of them.
SELECT p.sha256, p.bytes, s.receipt IS NOT NULL, s.problem IS NOT NULL, p.counts
FROM view_case_photo AS p
LEFT JOIN sync_photo AS s ON s.sha256 = p.sha256
WHERE p.case_id = ?1
ORDER BY p.position
