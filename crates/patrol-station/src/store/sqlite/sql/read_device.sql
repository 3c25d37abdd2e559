-- A phone's secret, key and state; a lost one (3) is not found.
SELECT secret_hash, public_key, state FROM device WHERE device = ?1 AND state <> 3
