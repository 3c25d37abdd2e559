-- One more wrong try.
UPDATE person_pin SET wrong = wrong + 1, wrong_boot = ?2, wrong_boot_ms = ?3 WHERE person = ?1
