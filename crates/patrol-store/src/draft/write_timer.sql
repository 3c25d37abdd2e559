-- The draft in hand waits to be photographed again.
UPDATE draft_case SET timer_ms = ?1, timer_plate = plate WHERE in_hand = 1 AND timer_ms IS NULL
