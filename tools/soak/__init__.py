"""What is too long for the tests: calls of the whole API, faults under load, how many readers, memory over a day.

    make soak ARGS="--parts faults --repeats 2 --seconds 20 --faults kill-web"

`__main__` starts a PostgreSQL and a Redis of its own; nothing outside its folder and its ports is touched.
"""
