-- The officer's hand: many drafts, timers, and what each part of the app keeps on the phone.

-- core
-- The cases that are being recorded. At most one is in hand; the others are parked, some of them with a timer running.
CREATE TABLE draft_case (
  position    INTEGER NOT NULL PRIMARY KEY,  -- the order in which they were begun
  draft_id    BLOB    NOT NULL UNIQUE CHECK (length(draft_id) = 16),
  in_hand     INTEGER UNIQUE CHECK (in_hand = 1),  -- 1 for the one in hand, NULL for all others
  matter      TEXT,
  plate       TEXT    NOT NULL DEFAULT '',
  street      TEXT,
  note        TEXT    NOT NULL DEFAULT '',
  form        TEXT    NOT NULL DEFAULT '',   -- JSON object of the answers; empty when there are none
  screen      TEXT    NOT NULL DEFAULT '',   -- where the officer was last
  pin         TEXT,                          -- JSON of the fix that was put there by hand
  timer_ms    INTEGER,                       -- wall clock when it was parked to be photographed again; NULL = no timer
  timer_plate TEXT    NOT NULL DEFAULT '',   -- the plate as it was typed then
  saved_ms    INTEGER                        -- wall clock of the last change
) STRICT;

INSERT INTO draft_case (draft_id, in_hand, matter, plate, street, note, saved_ms)
SELECT coalesce(draft_id, randomblob(16)), 1, matter, plate, street, note, saved_ms FROM draft
WHERE draft_id IS NOT NULL OR saved_ms IS NOT NULL;

CREATE TABLE draft_case_photo (
  position INTEGER NOT NULL PRIMARY KEY,
  draft_id BLOB    NOT NULL REFERENCES draft_case (draft_id),
  sha256   BLOB    NOT NULL REFERENCES photo (sha256),
  role     TEXT    NOT NULL,
  slot     TEXT,                             -- its name in the pack's shot list
  wall_ms  INTEGER,                          -- when it came in, by both clocks; NULL = not known
  boot_ms  INTEGER,
  boot_id  TEXT,
  fix      TEXT,                             -- JSON: where the phone was
  UNIQUE (draft_id, sha256)
) STRICT;

INSERT INTO draft_case_photo (draft_id, sha256, role)
SELECT d.draft_id, p.sha256, p.role FROM draft_photo AS p JOIN draft_case AS d ORDER BY p.position;

DROP TABLE draft_photo;
DROP TABLE draft;

ALTER TABLE shot ADD COLUMN slot TEXT;       -- the picture's name in the pack's shot list
ALTER TABLE shot ADD COLUMN boot_ms INTEGER; -- made_ms by the boot clock; NULL = not known
ALTER TABLE shot ADD COLUMN boot_id TEXT;
