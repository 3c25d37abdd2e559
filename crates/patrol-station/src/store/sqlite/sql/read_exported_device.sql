-- The key and the certificate of a phone.
SELECT public_key, certificate FROM device WHERE device = ?1
