"""How values lie in the cache that web servers and workers share."""

import json
from typing import Any


class JsonSerializer:
    """JSON, and nothing that could run: Django's own would read a pickle, which whoever reaches Redis could put there."""

    def dumps(self, value: Any) -> int | bytes:
        """Whole numbers as they are, for Redis adds to them."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        """What `dumps` was given. Raises ValueError for anything else."""
        try:
            return int(stored)
        except ValueError:
            return json.loads(stored)
