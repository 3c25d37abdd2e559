-- Ops of a journal of the station's own behind a position.
SELECT seq, bytes, hash FROM station_op WHERE log = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3
