-- The draft gets an id.
UPDATE draft SET draft_id = ?1 WHERE one = 1 AND draft_id IS NULL
