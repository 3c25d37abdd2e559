-- Up to where the station has signed for a journal.
SELECT acked_seq FROM sync_log WHERE log = ?1
