-- Everything was read again.
DELETE FROM view_replay
