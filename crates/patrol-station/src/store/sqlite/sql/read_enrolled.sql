-- The device that a code was used for.
SELECT device, secret_hash, certificate FROM device WHERE code_hash = ?1
