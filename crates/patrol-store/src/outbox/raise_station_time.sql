-- The latest time that the station has signed outlives the receipt: a rewind forgets that.
UPDATE sync_station SET station_ms = ?1 WHERE station_ms IS NULL OR station_ms < ?1
