-- The right one was typed.
UPDATE person_pin SET wrong = 0, wrong_boot = '', wrong_boot_ms = 0 WHERE person = ?1
