-- The officer put the pin somewhere, or took it away.
UPDATE draft_case SET pin = ?1, saved_ms = ?2 WHERE in_hand = 1
