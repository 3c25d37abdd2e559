-- Under which number a case is listed.
SELECT place_order FROM view_case WHERE case_id = ?1
