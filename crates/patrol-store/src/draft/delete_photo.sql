-- One photo is taken off the draft in hand.
DELETE FROM draft_case_photo
WHERE sha256 = ?1 AND draft_id = (SELECT draft_id FROM draft_case WHERE in_hand = 1)
