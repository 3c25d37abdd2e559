-- The original is in the vault again: somebody has taken it once more.
UPDATE sync_photo SET pruned = 0 WHERE sha256 = ?1
