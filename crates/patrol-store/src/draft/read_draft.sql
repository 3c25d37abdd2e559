-- The one draft.
SELECT matter, plate, street, note, saved_ms FROM draft WHERE one = 1
