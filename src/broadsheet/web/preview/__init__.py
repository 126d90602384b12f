"""The editors' page: the mail, the edition and what is to be done with it, side by side, on this machine alone."""
