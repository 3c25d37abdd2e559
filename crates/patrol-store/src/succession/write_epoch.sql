-- Which life of the station was compared with last, and what of the journal is in a verified backup there. Nothing is written,
-- and nothing synced, when that is known.
UPDATE sync_log SET epoch = ?2, safe_seq = ?3 WHERE log = ?1 AND (epoch <> ?2 OR safe_seq <> ?3)
