-- What admission reads; never goes down.
UPDATE device SET state = ?2 WHERE device = ?1 AND state < ?2
