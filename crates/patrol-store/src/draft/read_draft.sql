-- The draft in hand.
SELECT draft_id, matter, plate, street, note, form, screen, pin, timer_ms, timer_plate, saved_ms
FROM draft_case WHERE in_hand = 1
