-- A draft is begun and taken in hand; nothing happens when one is in hand already.
INSERT INTO draft_case (draft_id, in_hand)
SELECT ?1, 1 WHERE NOT EXISTS (SELECT 1 FROM draft_case WHERE in_hand = 1)
