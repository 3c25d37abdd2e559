-- A photo of the one draft of a file from before there were many; with an id of its own when the draft's row is gone.
INSERT OR IGNORE INTO draft_case_photo (draft_id, sha256, role)
VALUES (
  coalesce((SELECT draft_id FROM draft_case WHERE in_hand = 1), x'00000000000040008000000000000001'), ?2, ?3
)
