# The tag is pinned to Python's minor version and Debian's release, so that rebuilding brings their security fixes.
# Whoever wants the very same bytes every time pins a digest behind it: docker buildx imagetools inspect TAG shows it.
FROM python:3.13-slim-bookworm AS builder

COPY requirements.lock /tmp/
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
        --requirement /tmp/requirements.lock \
    && /venv/bin/python -m pip uninstall --yes pip


FROM python:3.13-slim-bookworm

RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin dingadmin
COPY --from=builder /venv /venv
WORKDIR /app
COPY . .

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# Static files are part of the image. The settings want servers and keys, none of which is used or kept here.
RUN python -m compileall -q /app \
    && DATABASE_URL=postgres://none REDIS_URL=redis://none DINGADMIN_ENCRYPTION_KEYS=none \
        DINGADMIN_SECRET_KEY=only-for-collecting-static-files-while-building \
        python manage.py collectstatic --no-input --verbosity 0

USER dingadmin
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "python:dingadmin.gunicorn", "--bind", "0.0.0.0:8000"]
