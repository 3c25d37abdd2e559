-- Whether an op already says that this original cannot be sent.
SELECT problem IS NOT NULL FROM sync_photo WHERE sha256 = ?1
