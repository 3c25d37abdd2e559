-- An officer's new PIN; the wrong tries of before are forgotten.
INSERT INTO person_pin (person, salt, hash, memory_kib, passes, lanes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (person) DO UPDATE SET
  salt = excluded.salt, hash = excluded.hash, memory_kib = excluded.memory_kib, passes = excluded.passes,
  lanes = excluded.lanes, wrong = 0, wrong_boot = '', wrong_boot_ms = 0
