-- A case, before it is written anew.
DELETE FROM view_case WHERE case_id = ?1
