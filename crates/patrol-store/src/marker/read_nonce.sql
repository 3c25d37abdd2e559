-- What only this install knows.
SELECT nonce FROM install WHERE one = 1
