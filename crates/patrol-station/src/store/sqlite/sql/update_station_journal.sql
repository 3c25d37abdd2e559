-- How far a journal of the station's own goes.
UPDATE station_journal SET seq = ?2, hash = ?3 WHERE log = ?1
