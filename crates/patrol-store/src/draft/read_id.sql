-- The id of the draft in hand.
SELECT draft_id FROM draft_case WHERE in_hand = 1
