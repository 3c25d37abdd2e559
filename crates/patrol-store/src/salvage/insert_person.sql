-- An officer of this phone.
INSERT OR IGNORE INTO person (person, number, name, is_active) VALUES (?1, ?2, ?3, ?4)
