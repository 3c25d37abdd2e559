-- The phone on which an officer signed in with this code.
SELECT device FROM code_of_officer WHERE code_hash = ?1
