-- Receipts of originals behind a hash, as received.
SELECT sha256, receipt FROM sync_photo WHERE receipt IS NOT NULL AND sha256 > ?1 ORDER BY sha256 LIMIT ?2
