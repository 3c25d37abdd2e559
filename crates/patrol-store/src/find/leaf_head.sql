-- Cases as rows, newest first, with the receipt that covers their last op. Which they are is said by what follows.
SELECT c.case_id, c.state, c.number, c.matter, c.plate_text, c.plate_kind, c.fix, c.street, c.note, c.opened_ms, c.tz,
       c.place_order, c.steps, c.amendments, l.station_ms AS receipt_ms
FROM (
