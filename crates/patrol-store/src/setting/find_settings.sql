-- What the officer has set.
SELECT is_paused, only_unmetered FROM sync_setting WHERE one = 1
