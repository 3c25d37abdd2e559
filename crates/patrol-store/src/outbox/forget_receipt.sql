-- The station does not hold this original (any more).
UPDATE sync_photo SET receipt = NULL, station_ms = NULL, thumb_sent = 0, begun = 1
WHERE sha256 = ?1 AND receipt IS NOT NULL
