-- The bytes of all originals that cases name; the same bytes count once.
SELECT coalesce(sum(bytes), 0) FROM (SELECT max(bytes) AS bytes FROM view_case_photo GROUP BY sha256)
