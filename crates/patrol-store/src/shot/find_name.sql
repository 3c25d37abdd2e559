-- Whether a case or a draft names an original.
SELECT 1 FROM view_case_photo WHERE sha256 = ?1
UNION ALL
SELECT 1 FROM draft_case_photo WHERE sha256 = ?1
