-- Where a phone stands.
SELECT state FROM device WHERE device = ?1
