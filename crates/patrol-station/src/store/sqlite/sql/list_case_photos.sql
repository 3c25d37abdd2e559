-- The photos of a case; complete is what its own phone has brought.
SELECT
  v.sha256,
  EXISTS (SELECT 1 FROM photo_of_device AS p WHERE p.device = ?2 AND p.sha256 = v.sha256),
  EXISTS (SELECT 1 FROM thumb AS t WHERE t.sha256 = v.sha256),
  (SELECT c.condition FROM photo_condition AS c WHERE c.device = ?2 AND c.sha256 = v.sha256)
FROM view_case_photo AS v
WHERE v.case_id = ?1
ORDER BY v.position
