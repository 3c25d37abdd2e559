-- A draft whose row is gone and whose photos are there: they stay together, in hand if nothing else is.
INSERT INTO draft_case (draft_id, in_hand)
SELECT draft_id,
       CASE WHEN last = (SELECT max(position) FROM draft_case_photo)
             AND NOT EXISTS (SELECT 1 FROM draft_case WHERE in_hand = 1) THEN 1 END
FROM (
  SELECT draft_id, max(position) AS last FROM draft_case_photo
  WHERE draft_id NOT IN (SELECT draft_id FROM draft_case)
  GROUP BY draft_id
);
