-- How many ops speak of a case.
SELECT count(*) FROM view_case_op WHERE case_id = ?1
