-- A draft's photos in their order.
SELECT p.sha256, p.bytes, p.mime, p.source, p.width, p.height, p.taken, p.fix, p.place_problem,
       d.role, d.slot, d.wall_ms, d.boot_ms, d.boot_id, d.fix
FROM draft_case_photo AS d JOIN photo AS p ON p.sha256 = d.sha256
WHERE d.draft_id = ?1
ORDER BY d.position
