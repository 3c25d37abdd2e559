-- A phone's sealed root key; the last one stands.
UPDATE device SET recovery = ?2 WHERE device = ?1
