-- What refers to a row that is gone is sorted out before the commit.
PRAGMA defer_foreign_keys = ON
