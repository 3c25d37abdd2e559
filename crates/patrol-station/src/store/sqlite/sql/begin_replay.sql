-- Everything is to be read again from its first op.
INSERT INTO view_replay (one, version, after, ops, quarantined)
VALUES (1, ?1, ?2, 0, (SELECT count(*) FROM quarantine))
ON CONFLICT (one) DO UPDATE
SET version = excluded.version, after = excluded.after, ops = 0, quarantined = excluded.quarantined
