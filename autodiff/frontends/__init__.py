"""Other systems' styles, small, over the one registry."""
