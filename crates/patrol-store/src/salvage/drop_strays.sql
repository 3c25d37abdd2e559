-- Rows that refer to rows that are gone. Photos are found again in the vault; a journal without an op has no receipt.
DELETE FROM draft_case_photo WHERE sha256 NOT IN (SELECT sha256 FROM photo);
DELETE FROM photo_found WHERE sha256 NOT IN (SELECT sha256 FROM photo);
DELETE FROM sync_log WHERE log NOT IN (SELECT log FROM journal_log);
DELETE FROM journal_gap WHERE log NOT IN (SELECT log FROM journal_log);
