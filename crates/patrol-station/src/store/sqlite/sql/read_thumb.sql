-- Who brought a thumbnail.
SELECT device FROM thumb WHERE sha256 = ?1
