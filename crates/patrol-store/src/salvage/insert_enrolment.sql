-- An enrolment under way.
INSERT OR IGNORE INTO sync_enrolment (code, secret) VALUES (?1, ?2)
