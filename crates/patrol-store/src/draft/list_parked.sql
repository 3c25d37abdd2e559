-- The active officer's drafts that are not in hand, in the order in which they were begun.
SELECT draft_id, matter, plate, street, note, form, screen, pin, timer_ms, timer_plate, saved_ms
FROM draft_case
WHERE in_hand IS NULL AND (author IS NULL OR author = (SELECT person FROM person WHERE is_active))
ORDER BY position
