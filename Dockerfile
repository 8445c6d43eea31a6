# The image of web, worker, gpu-worker and beat. Build: docker compose build
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
ARG REQUIREMENTS=requirements.lock
COPY requirements*.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r ${REQUIREMENTS}
COPY manage.py ./
COPY deploy/gunicorn.conf.py deploy/
COPY readerstudy readerstudy
COPY inference inference
COPY templates templates
COPY static static
COPY locale locale
COPY fixtures fixtures
# The static files are collected once, hashed and compressed; the key serves this step only.
RUN /venv/bin/python -m babel.messages.frontend compile -i locale/de/LC_MESSAGES/django.po -o locale/de/LC_MESSAGES/django.mo \
 && SECRET_KEY=build COLLECTED_STATIC=1 VAR_DIR=/tmp/var STATIC_ROOT=/app/static-collected /venv/bin/python manage.py collectstatic --noinput

# The key of PostgreSQL's own packages: Debian's pg_dump is older than the server of docker-compose.yml, and would refuse
# it. Whatever the address gives, the key with this fingerprint alone is taken.
FROM python:3.11.14-slim-bookworm AS postgresql-key
ARG FINGERPRINT=B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8
RUN apt-get update && apt-get install -y --no-install-recommends gnupg \
 && python -c "from urllib.request import urlretrieve as get; get('https://www.postgresql.org/media/keys/ACCC4CF8.asc', '/tmp/key.asc')" \
 && gpg --batch --import /tmp/key.asc && gpg --batch --export ${FINGERPRINT} > /postgresql.gpg && test -s /postgresql.gpg

FROM python:3.11.14-slim-bookworm
# What WeasyPrint sets pages with, and a font that has every character of a report.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
# pg_dump and pg_restore for backups: of the server's version, or newer (manage.py backup looks, and refuses an older one).
ARG POSTGRESQL=16
COPY --from=postgresql-key /postgresql.gpg /usr/share/keyrings/postgresql.gpg
RUN echo "deb [signed-by=/usr/share/keyrings/postgresql.gpg] https://apt.postgresql.org/pub/repos/apt bookworm-pgdg main" > /etc/apt/sources.list.d/postgresql.list \
 && apt-get update && apt-get install -y --no-install-recommends postgresql-client-${POSTGRESQL} \
 && rm -rf /var/lib/apt/lists/* && pg_dump --version && pg_restore --version
# Numbers, so that volumes, nginx's group and other hosts mean the same account.
RUN groupadd --system --gid 10001 readerstudy \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/readerstudy --create-home readerstudy \
 && mkdir -p /media /checkpoints /backups /var/lib/readerstudy/tmp \
 && chown -R readerstudy:readerstudy /media /checkpoints /backups /var/lib/readerstudy && chmod 0750 /media /backups
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    COLLECTED_STATIC=1 STATIC_ROOT=/app/static-collected VAR_DIR=/var/lib/readerstudy MEDIA_ROOT=/media
# Which commit this is: stored with every analysis and model run (docker-compose.yml passes it on).
ARG REVISION=
ENV READERSTUDY_REVISION=${REVISION}
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "readerstudy.wsgi"]
