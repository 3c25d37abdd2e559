-- The station says something new of this phone.
UPDATE sync_station SET device_state = ?1 WHERE one = 1
