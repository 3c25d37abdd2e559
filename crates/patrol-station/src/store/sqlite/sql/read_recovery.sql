-- A phone's sealed root key.
SELECT recovery FROM device WHERE device = ?1
