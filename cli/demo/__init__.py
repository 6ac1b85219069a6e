"""`streamverse demo`: from a cluster to a film that plays."""
