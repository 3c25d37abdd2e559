-- How many photos of a case count, and how many of these a phone of the case has brought.
SELECT
  count(*),
  coalesce(sum(EXISTS (
    SELECT 1
    FROM view_case_bringer AS b
    JOIN photo_of_device AS p ON p.device = b.device AND p.sha256 = b.sha256
    WHERE b.case_id = v.case_id AND b.sha256 = v.sha256
  )), 0)
FROM view_case_photo AS v
WHERE v.case_id = ?1 AND v.counts = 1
