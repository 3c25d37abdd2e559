-- The originals that a phone has reported as damaged or lost and has not brought.
SELECT c.sha256
FROM photo_condition AS c
WHERE c.device = ?1
  AND NOT EXISTS (SELECT 1 FROM photo_of_device AS p WHERE p.device = c.device AND p.sha256 = c.sha256)
