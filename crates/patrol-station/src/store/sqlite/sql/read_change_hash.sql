-- The rolling hash behind one change.
SELECT hash FROM change WHERE device = ?1 AND seq = ?2
