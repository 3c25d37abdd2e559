-- All photos of cases.
SELECT * FROM view_case_photo ORDER BY case_id, position
