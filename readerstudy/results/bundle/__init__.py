"""The bundle: one zip from which a study's numbers can be computed again without this installation.

`collecting`, `exporting`, `shown_files` and `further` need Django; all else reads and writes bytes alone, so that
`python -m readerstudy.verify` needs neither settings nor a database.
"""
