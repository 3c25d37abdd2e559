-- The draft's id, once it has one.
SELECT draft_id FROM draft WHERE one = 1
