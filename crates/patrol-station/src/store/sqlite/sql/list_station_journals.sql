-- All journals of the station's own, the oldest first.
SELECT log, epoch, seq, hash FROM station_journal ORDER BY number
