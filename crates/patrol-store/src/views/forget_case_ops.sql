-- Which ops speak of a case.
DELETE FROM view_case_op;
