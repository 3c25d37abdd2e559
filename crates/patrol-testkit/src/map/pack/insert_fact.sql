-- One fact about the pack.
INSERT INTO metadata (name, value) VALUES (:name, :value)
