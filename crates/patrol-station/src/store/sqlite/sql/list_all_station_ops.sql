-- All ops of a journal of the station's own.
SELECT seq, bytes, hash FROM station_op WHERE log = ?1 ORDER BY seq
