-- How many cases there are of what follows.
SELECT count(*) FROM (
