-- The station's keys before and after the one in sync_station, each with the statement that it is believed for.

CREATE TABLE sync_station_key (
  position  INTEGER NOT NULL PRIMARY KEY,   -- in the order in which they were believed
  key       BLOB    NOT NULL UNIQUE,        -- SEC 1 point
  statement TEXT    NOT NULL                -- JSON as received, verified against a key that was believed before
) STRICT;
