-- The photos of a case; complete is what a phone that names it there has brought.
SELECT
  v.sha256,
  EXISTS (
    SELECT 1
    FROM view_case_bringer AS b
    JOIN photo_of_device AS p ON p.device = b.device AND p.sha256 = b.sha256
    WHERE b.case_id = v.case_id AND b.sha256 = v.sha256
  ),
  EXISTS (SELECT 1 FROM thumb AS t WHERE t.sha256 = v.sha256),
  (
    SELECT max(c.condition)
    FROM view_case_bringer AS b
    JOIN photo_condition AS c ON c.device = b.device AND c.sha256 = b.sha256
    WHERE b.case_id = v.case_id AND b.sha256 = v.sha256
  ),
  v.counts
FROM view_case_photo AS v
WHERE v.case_id = ?1
ORDER BY v.position
