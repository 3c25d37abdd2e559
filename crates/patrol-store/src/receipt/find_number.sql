-- The number of a case on this phone.
SELECT number FROM view_case WHERE case_id = ?1
