-- One officer records at the moment.
UPDATE person SET is_active = (person = ?1)
