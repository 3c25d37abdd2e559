-- Where the station's journal says that an op was set aside for another with its id.
INSERT INTO station_conflict (log, seq, said_log, said_seq) VALUES (?1, ?2, ?3, ?4)
