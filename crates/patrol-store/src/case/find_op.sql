-- Whether anything is known of a case.
SELECT 1 FROM view_case_op WHERE case_id = ?1
