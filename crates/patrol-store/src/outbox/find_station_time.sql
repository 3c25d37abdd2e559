-- The latest time that the station has signed: noted, or in the receipt of a journal.
SELECT max(station_ms) FROM (SELECT station_ms FROM sync_station UNION ALL SELECT station_ms FROM sync_log)
