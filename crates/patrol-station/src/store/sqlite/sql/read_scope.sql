-- How far a phone's changes go, and what its scope holds there.
SELECT seq, hash, rows, checksum, floor, floor_hash FROM change_scope WHERE device = ?1
