-- The draft became a case, or was given up.
DELETE FROM draft_case WHERE draft_id = ?1
