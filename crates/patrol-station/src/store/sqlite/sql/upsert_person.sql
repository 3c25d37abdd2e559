-- Which officer a person made on a phone is; a later word of the same phone stands.
INSERT INTO view_person (device, person, officer, log, seq) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (device, person) DO UPDATE SET officer = excluded.officer, log = excluded.log, seq = excluded.seq
