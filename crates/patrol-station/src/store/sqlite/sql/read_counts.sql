-- How much there is.
SELECT
  (SELECT count(*) FROM view_case),
  (SELECT count(*) FROM view_case WHERE state = 1),
  (SELECT count(*) FROM view_case WHERE state = 3),
  (SELECT count(*) FROM photo),
  (SELECT coalesce(sum(acked_seq), 0) FROM journal),
  (SELECT count(*) FROM device),
  (SELECT count(*) FROM quarantine)
