-- Before another officer takes the phone: what was begun so far is the one's who has it.
UPDATE draft_case SET author = (SELECT person FROM person WHERE is_active) WHERE author IS NULL
