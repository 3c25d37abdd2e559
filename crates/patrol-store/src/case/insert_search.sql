-- What a new case can be found by.
INSERT INTO view_search (rowid, grams) VALUES (?1, ?2)
