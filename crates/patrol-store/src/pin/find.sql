-- An officer's PIN.
SELECT salt, hash, memory_kib, passes, lanes, wrong, wrong_boot, wrong_boot_ms FROM person_pin WHERE person = ?1
