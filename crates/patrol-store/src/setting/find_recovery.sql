-- Whether the sealed root key has still to be sent.
SELECT recovery_key IS NOT NULL AND recovery_sent = 0 FROM sync_station WHERE one = 1
