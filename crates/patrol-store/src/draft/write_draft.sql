-- What was typed or chosen.
UPDATE draft SET matter = ?1, plate = ?2, street = ?3, note = ?4, saved_ms = ?5 WHERE one = 1
