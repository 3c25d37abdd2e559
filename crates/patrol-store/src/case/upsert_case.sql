-- A case as its ops make it.
INSERT INTO view_case (
  place_order, case_id, log, seq, state, number, matter, plate_text, plate_kind, fix, lat_e7, lon_e7, community, street,
  note, opened_ms, tz, steps, amendments
) VALUES (
  :place_order, :case_id, :log, :seq, :state, :number, :matter, :plate_text, :plate_kind, :fix, :lat_e7, :lon_e7,
  :community, :street, :note, :opened_ms, :tz, :steps, :amendments
)
ON CONFLICT (place_order) DO UPDATE SET
  case_id = excluded.case_id, log = excluded.log, seq = excluded.seq, state = excluded.state, number = excluded.number,
  matter = excluded.matter, plate_text = excluded.plate_text, plate_kind = excluded.plate_kind, fix = excluded.fix,
  lat_e7 = excluded.lat_e7, lon_e7 = excluded.lon_e7, community = excluded.community, street = excluded.street,
  note = excluded.note, opened_ms = excluded.opened_ms, tz = excluded.tz, steps = excluded.steps,
  amendments = excluded.amendments
