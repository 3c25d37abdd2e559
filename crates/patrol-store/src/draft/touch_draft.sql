-- A photo was added.
UPDATE draft_case SET saved_ms = ?2 WHERE draft_id = ?1
