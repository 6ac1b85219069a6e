"""A title's paper trail in the store: its plan, the ledger of finished chunks, its index."""
