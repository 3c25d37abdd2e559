-- An officer signs in; one who did so before keeps the person.
INSERT INTO person (person, number, name) VALUES (?1, ?2, ?3)
ON CONFLICT (number) DO UPDATE SET name = excluded.name
