-- Whose a journal is and how far it is held.
SELECT device, acked_seq, head_hash FROM journal WHERE log = ?1
