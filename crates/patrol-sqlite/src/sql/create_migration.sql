-- Which steps this file has seen.
CREATE TABLE IF NOT EXISTS schema_migration (
  number      INTEGER NOT NULL PRIMARY KEY,
  fingerprint INTEGER NOT NULL   -- of the step's text, so that an edited step is noticed
) STRICT;
