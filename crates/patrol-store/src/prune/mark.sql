-- The original is about to be cleared away.
UPDATE sync_photo SET pruned = 1 WHERE sha256 = ?1
