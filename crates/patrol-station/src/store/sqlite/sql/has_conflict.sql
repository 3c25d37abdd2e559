-- Whether the station's journal says of an op that it was set aside for another with its id.
SELECT 1 FROM station_conflict WHERE log = ?1 AND seq = ?2
