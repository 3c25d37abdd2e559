-- The journals, whose they are, and how far each goes.
SELECT log, device, acked_seq, head_hash FROM journal ORDER BY log
