-- A key that the station signs with from now on.
INSERT INTO station_key (number, public_key, statement, since_ms)
VALUES ((SELECT coalesce(max(number), 0) + 1 FROM station_key), ?1, ?2, ?3)
