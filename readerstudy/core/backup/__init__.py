"""One file that holds the database, the stored files and the checkpoints of one moment, and the way back from it.

The file is a tar archive in the age format. `header.json` tells what the database held, `database/…` is its dump in
pieces, `media/…` are the stored files, and `manifest.json`, the last, the hash of every part under the audit key.
"""
