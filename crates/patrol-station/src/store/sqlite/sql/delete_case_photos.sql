-- A case's photos, before they are written anew.
DELETE FROM view_case_photo WHERE case_id = ?1
