-- A phone that came in through an import may bring what it has and no more.
UPDATE device SET state = 2 WHERE device = ?1
