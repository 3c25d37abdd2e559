-- What could not be applied of a run of ops.
SELECT seq, code FROM quarantine WHERE log = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq
