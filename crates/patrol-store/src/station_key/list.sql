-- The station's later keys and why they are believed.
SELECT key, statement FROM sync_station_key ORDER BY position
