-- Every journal, whose it is, and where it ends.
SELECT log, device, acked_seq, head_hash FROM journal ORDER BY log
