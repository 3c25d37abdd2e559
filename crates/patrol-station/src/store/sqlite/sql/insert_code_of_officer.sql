-- An officer signed in with this code, on this phone.
INSERT INTO code_of_officer (code_hash, device) VALUES (?1, ?2)
