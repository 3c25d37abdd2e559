-- All ops of cases.
SELECT * FROM view_case_op ORDER BY case_id, op_id
