-- Who may bring a case's photos, before it is written anew.
DELETE FROM view_case_bringer WHERE case_id = ?1
