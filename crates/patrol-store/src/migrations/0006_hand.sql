-- What the officer's hand adds: each screen's own tables.

-- way
-- How much there is, kept by triggers: the sync page is drawn anew several times a second, and counting 300,000 photos each
-- time would take longer than drawing it.
CREATE TABLE sync_count (
  one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  cases  INTEGER NOT NULL,                  -- rows of view_case
  signed INTEGER NOT NULL                   -- originals with a receipt
) STRICT;
INSERT INTO sync_count (one, cases, signed)
SELECT 1, (SELECT count(*) FROM view_case), (SELECT count(*) FROM sync_photo WHERE receipt IS NOT NULL);

CREATE TRIGGER sync_count_case_came AFTER INSERT ON view_case BEGIN
  UPDATE sync_count SET cases = cases + 1;
END;
CREATE TRIGGER sync_count_case_went AFTER DELETE ON view_case BEGIN
  UPDATE sync_count SET cases = cases - 1;
END;
CREATE TRIGGER sync_count_photo_came AFTER INSERT ON sync_photo WHEN NEW.receipt IS NOT NULL BEGIN
  UPDATE sync_count SET signed = signed + 1;
END;
CREATE TRIGGER sync_count_photo_changed AFTER UPDATE OF receipt ON sync_photo
WHEN (OLD.receipt IS NULL) <> (NEW.receipt IS NULL) BEGIN
  UPDATE sync_count SET signed = signed + CASE WHEN NEW.receipt IS NULL THEN -1 ELSE 1 END;
END;
CREATE TRIGGER sync_count_photo_went AFTER DELETE ON sync_photo WHEN OLD.receipt IS NOT NULL BEGIN
  UPDATE sync_count SET signed = signed - 1;
END;

-- Thumbnails that wait, and receipts by their time: neither is looked for among all photos.
CREATE INDEX sync_photo_thumbless ON sync_photo (sha256) WHERE thumb_sent = 0;
CREATE INDEX sync_photo_by_time ON sync_photo (station_ms, sha256) WHERE receipt IS NOT NULL;
