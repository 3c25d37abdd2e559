-- A phone's secret and key; a lost one (3) is not found.
SELECT secret_hash, public_key FROM device WHERE device = ?1 AND state <> 3
