-- The journals in a fixed order.
SELECT log FROM journal ORDER BY log
