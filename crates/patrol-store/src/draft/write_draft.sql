-- What was typed or chosen.
UPDATE draft_case
SET matter = ?1, plate = ?2, street = ?3, note = ?4, form = ?5, screen = ?6, saved_ms = ?7
WHERE in_hand = 1
