"""Points at which a derivative needs a rule of its own: kinks, limits of 0/0, infinities."""
