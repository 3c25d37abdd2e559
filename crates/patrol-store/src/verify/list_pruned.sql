-- Originals that were cleared away.
SELECT sha256 FROM sync_photo WHERE pruned = 1
