-- It is an op now, or is not wanted any more.
DELETE FROM act_draft WHERE case_id = ?1 AND act = ?2
