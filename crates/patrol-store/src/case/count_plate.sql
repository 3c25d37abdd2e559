-- How many cases a plate has.
SELECT count(*) FROM view_case WHERE plate_text = ?1
