"""The cloud side of Shrike: adapts a base (L0) to an industry (L1)."""
