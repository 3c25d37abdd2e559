-- One thumbnail.
SELECT thumbnail FROM photo WHERE sha256 = ?1
