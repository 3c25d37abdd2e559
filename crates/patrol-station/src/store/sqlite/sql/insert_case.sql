-- A case was opened; the first op that opens it stands.
INSERT INTO view_case (
  case_id, log, seq, device, author, number, matter, plate_text, plate_kind, community, wall_ms, tz, received_ms
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (case_id) DO NOTHING
