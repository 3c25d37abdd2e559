-- The draft's photos in their order.
SELECT p.sha256, p.bytes, p.mime, p.source, p.width, p.height, p.taken, p.fix, p.place_problem, d.role
FROM draft_photo AS d JOIN photo AS p ON p.sha256 = d.sha256
ORDER BY d.position
