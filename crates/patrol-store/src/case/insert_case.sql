-- A case was opened.
INSERT INTO view_case (
  case_id, log, seq, place_order, number, matter, plate_text, plate_kind, fix, community, street, note, opened_ms, tz
) VALUES (
  :case_id, :log, :seq, (SELECT coalesce(max(place_order), 0) + 1 FROM view_case), :number, :matter, :plate_text,
  :plate_kind, :fix, :community, :street, :note, :opened_ms, :tz
)
