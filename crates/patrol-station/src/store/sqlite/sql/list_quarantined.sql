-- Where ops stand that could not be applied.
SELECT log, seq FROM quarantine
