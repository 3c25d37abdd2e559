-- What a known phone was enrolled with.
SELECT secret_hash, public_key, state FROM device WHERE device = ?1
