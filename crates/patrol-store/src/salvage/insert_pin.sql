-- An officer's PIN, with the wrong tries: damage is no way round them.
INSERT OR IGNORE INTO person_pin (person, salt, hash, memory_kib, passes, lanes, wrong, wrong_boot, wrong_boot_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
