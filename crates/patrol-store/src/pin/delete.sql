-- A PIN that was forgotten.
DELETE FROM person_pin WHERE person = ?1
