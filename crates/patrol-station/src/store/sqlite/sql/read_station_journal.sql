-- The journal of its own that the station writes.
SELECT log, epoch, seq, hash FROM station_journal ORDER BY number DESC LIMIT 1
