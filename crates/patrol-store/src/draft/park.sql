-- The draft in hand is laid aside.
UPDATE draft_case SET in_hand = NULL WHERE in_hand = 1
