-- The cases that an original of this phone counts for.
SELECT case_id FROM view_case_bringer WHERE device = ?1 AND sha256 = ?2
