-- The draft became a case, or was given up.
UPDATE draft
SET draft_id = NULL, matter = NULL, plate = '', street = NULL, note = '', saved_ms = NULL
WHERE one = 1
