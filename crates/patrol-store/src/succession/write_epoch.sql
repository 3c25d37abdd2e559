-- Which life of the station was compared with last, and what of the journal is in a verified backup there.
UPDATE sync_log SET epoch = ?2, safe_seq = ?3 WHERE log = ?1
