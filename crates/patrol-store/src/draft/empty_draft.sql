-- The draft became a case, or was given up.
UPDATE draft SET matter = NULL, plate = '', street = NULL, note = '', saved_ms = NULL WHERE one = 1
