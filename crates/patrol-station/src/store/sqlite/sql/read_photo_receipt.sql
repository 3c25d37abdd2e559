-- The receipt that a phone was given for an original.
SELECT receipt FROM photo_of_device WHERE device = ?1 AND sha256 = ?2
