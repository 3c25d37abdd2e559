-- Whether the station holds the sealed root key.
UPDATE sync_station SET recovery_sent = ?1 WHERE one = 1
