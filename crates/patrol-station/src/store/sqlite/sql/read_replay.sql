-- How far the reading again is that is under way.
SELECT version, after, ops, quarantined FROM view_replay WHERE one = 1
