-- A draft is taken in hand.
UPDATE draft_case SET in_hand = 1 WHERE draft_id = ?1
