-- What the station once signed for and does not hold, unless it has answered since.
SELECT seq, epoch, receipt FROM sync_setback WHERE log = ?1
