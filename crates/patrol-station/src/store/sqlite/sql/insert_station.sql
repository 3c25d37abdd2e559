-- The one row that says which station this is.
INSERT INTO station (one, station, epoch, made_ms) VALUES (1, ?1, ?2, ?3)
