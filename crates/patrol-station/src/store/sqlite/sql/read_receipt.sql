-- The receipt that was given for this head.
SELECT receipt FROM receipt WHERE log = ?1 AND seq = ?2
