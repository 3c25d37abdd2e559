-- What a case can be found by.
INSERT OR REPLACE INTO view_search (rowid, grams) VALUES (?1, ?2)
