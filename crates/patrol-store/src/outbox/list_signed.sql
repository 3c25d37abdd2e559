-- Originals that the station has signed for; the length stands in its receipt.
SELECT sha256, json_extract(receipt, '$.bytes') FROM sync_photo WHERE receipt IS NOT NULL
