-- A journal of the station's own, still empty.
INSERT INTO station_journal (log, number, epoch, seq, hash)
VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM station_journal), ?2, 0, ?3)
