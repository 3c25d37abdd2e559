-- What every connection has. Each line is there for a reason that was measured or bitten by.
PRAGMA synchronous = FULL;          -- one fsync a commit; NORMAL loses acknowledged commits in a power cut
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;        -- a file from elsewhere cannot call our functions
PRAGMA cell_size_check = ON;        -- notice a damaged page before it is used
PRAGMA temp_store = MEMORY;         -- nothing readable in temporary files
PRAGMA wal_autocheckpoint = 1000;
PRAGMA journal_size_limit = 8388608;
