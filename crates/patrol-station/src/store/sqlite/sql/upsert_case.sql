-- A case as its ops make it.
INSERT INTO view_case (
  case_id, log, seq, device, author, number, matter, plate_text, plate_kind, community, wall_ms, tz, received_ms, state,
  note, steps, amendments
)
VALUES (
  :case_id, :log, :seq, :device, :author, :number, :matter, :plate_text, :plate_kind, :community, :wall_ms, :tz,
  :received_ms, :state, :note, :steps, :amendments
)
ON CONFLICT (case_id) DO UPDATE SET
  log = excluded.log, seq = excluded.seq, device = excluded.device, author = excluded.author, number = excluded.number,
  matter = excluded.matter, plate_text = excluded.plate_text, plate_kind = excluded.plate_kind,
  community = excluded.community, wall_ms = excluded.wall_ms, tz = excluded.tz, received_ms = excluded.received_ms,
  state = excluded.state, note = excluded.note, steps = excluded.steps, amendments = excluded.amendments
