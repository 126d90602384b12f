"""Who may be written to: CSV in and out, consent, suppression, signed links, bounces."""
