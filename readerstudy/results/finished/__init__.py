"""Finished reader studies: readings that were made and published elsewhere, read from files into the same reading table.

Files → plan (what they hold, what is open) → report → apply. Nothing of this room's own studies is touched.
"""
