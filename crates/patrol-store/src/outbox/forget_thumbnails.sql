-- The station was restored: whether it still has a thumbnail is not known, and sending one again is cheap.
UPDATE sync_photo SET thumb_sent = 0
