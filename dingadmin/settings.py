"""All settings, read from the environment. `.env.example` lists every variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

from dingadmin import __version__, logs
from dingadmin.env import Environment
from dingadmin.home import Home, new_encryption_key, new_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment(os.environ)
VERSION: str = __version__
HOME = Home(Path(ENV.text("DINGADMIN_HOME", str(BASE_DIR / "var"))).absolute())

_database_url = ENV.text("DATABASE_URL")
_redis_url = ENV.text("REDIS_URL")
DATABASE_EMBEDDED = not _database_url
REDIS_EMBEDDED = not _redis_url
# One of the two being our own means that there is one machine only, so that its files are the right place for keys.
EMBEDDED = DATABASE_EMBEDDED or REDIS_EMBEDDED

# --- keys -----------------------------------------------------------------------------------------------------------
SECRET_KEY = ENV.text("DINGADMIN_SECRET_KEY")
ENCRYPTION_KEYS = ENV.words("DINGADMIN_ENCRYPTION_KEYS")  # newest first
if EMBEDDED:
    SECRET_KEY = SECRET_KEY or HOME.key("secret_key", new_secret_key)
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or HOME.key("encryption_keys", new_encryption_key).split()

# --- where it is reached --------------------------------------------------------------------------------------------
DEBUG = bool(ENV.flag("DINGADMIN_DEBUG", default=False))
PORT = ENV.whole("DINGADMIN_PORT", 8000, least=1, most=65535)
BIND = ENV.text("DINGADMIN_BIND", "127.0.0.1")  # which of this machine's addresses `up` listens on
PUBLIC_URL = ENV.base_url("DINGADMIN_URL", "")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *([_public.hostname] if _public.hostname else [])]
if BIND not in {"0.0.0.0", "::"}:  # noqa: S104
    ALLOWED_HOSTS.append(f"[{BIND}]" if ":" in BIND else BIND)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if PUBLIC_URL else []
TRUSTED_PROXIES = ENV.whole("DINGADMIN_TRUSTED_PROXIES", 0, least=0, most=5)
_https = _public.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
if _https and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Browsers come back by https for a month once they have seen it; the redirect itself is the proxy's.
SECURE_HSTS_SECONDS = 2_592_000 if _https else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- monitoring -----------------------------------------------------------------------------------------------------
METRICS_TOKEN = ENV.text("DINGADMIN_METRICS_TOKEN")  # lets Prometheus read /metrics without signing in

# --- DingTalk -------------------------------------------------------------------------------------------------------
DINGTALK_REAL_URL = "https://oapi.dingtalk.com"
DINGTALK_BASE_URL = ENV.base_url("DINGTALK_BASE_URL", DINGTALK_REAL_URL)
DINGTALK_PROXY = ENV.base_url("DINGTALK_PROXY", "", password=True)
DINGTALK_CA_FILE = ENV.text("DINGTALK_CA_FILE")
EGRESS_IP = ENV.text("DINGADMIN_EGRESS_IP")  # shown to those who set up a robot with an IP range

_simulator = ENV.flag("DINGADMIN_SIMULATOR")
DINGADMIN_SIMULATOR = _simulator if _simulator is not None else (EMBEDDED and HOME.demo_marker.exists())
SIMULATOR_BASE_URL = ENV.base_url("DINGADMIN_SIMULATOR_URL", f"http://127.0.0.1:{PORT}/simulator")

# --- sending --------------------------------------------------------------------------------------------------------
PACING_LIMIT = ENV.whole("DINGADMIN_PACING_LIMIT", 18, least=1, most=20)  # calls per token in any 60 seconds
PACING_WINDOW_SECONDS = 60
# Calls a second of the whole installation. DingTalk bans an address for five minutes after 10,000 calls in 20 seconds.
ADDRESS_CEILING = ENV.whole("DINGADMIN_ADDRESS_CEILING", 400, least=10, most=100_000)
UNDO_SECONDS = ENV.whole("DINGADMIN_UNDO_SECONDS", 15, least=0, most=300)  # a launch "now" waits so long; 0: not at all
SILENCE_SECONDS = ENV.whole("DINGADMIN_SILENCE_SECONDS", 600, least=1, most=3600)  # after a throttled reply
SEND_WINDOW = ENV.whole("DINGADMIN_SEND_WINDOW", 32, least=1, most=256)  # calls in flight per worker
# A robot is paused when so many broadcasts in a row were refused for its security settings, over at least so long.
PAUSE_AFTER_BROADCASTS = ENV.whole("DINGADMIN_PAUSE_AFTER_BROADCASTS", 3, least=1, most=1000)
PAUSE_AFTER_SECONDS = ENV.whole("DINGADMIN_PAUSE_AFTER_SECONDS", 600, least=0, most=604_800)
# Longer than the longest possible call (15 s), else a call that still runs would be taken for lost.
LEASE_SECONDS = ENV.whole("DINGADMIN_LEASE_SECONDS", 60, least=1, most=600)

# --- schedules -------------------------------------------------------------------------------------------------------
# So many weeks before a year that schedules need and whose official calendar is not known, a notice says so.
CALENDAR_NOTICE_WEEKS = ENV.whole("DINGADMIN_CALENDAR_WEEKS", 6, least=1, most=52)

# --- database -------------------------------------------------------------------------------------------------------
# IMMEDIATE: a transaction that reads first and writes later would otherwise fail at once with "database is locked".
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}


def _sqlite(path: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(_SQLITE_OPTIONS)}


def _database() -> dict[str, Any]:
    if not _database_url:
        return _sqlite(HOME.database)
    database = dict(environ.Env.db_url_config(_database_url))
    if "sqlite" in str(database["ENGINE"]):
        return {**database, "OPTIONS": dict(_SQLITE_OPTIONS)}
    return {**database, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


DATABASES: dict[str, dict[str, Any]] = {"default": _database()}
if DINGADMIN_SIMULATOR:
    # What the simulator saw is no part of the product's data: it never enters the product's database.
    # Opening SQLite anew cost half a millisecond of every simulated call, a third of it.
    DATABASES["simulator"] = {**_sqlite(HOME.simulator_database), "CONN_MAX_AGE": None}
DATABASE_ROUTERS = ["dingadmin.routers.SimulatorRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker, pacing, cache -----------------------------------------------------------------------------------
REDIS_URL = _redis_url or f"unix://{HOME.redis_socket}?db=0"
REDIS_KEY_PREFIX = "dingadmin:"
REDIS_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 3, "protocol": 2, "health_check_interval": 30}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dingadmin:cache",
        "OPTIONS": REDIS_OPTIONS,
    }
}


def _broker_url() -> str:
    if REDIS_URL.startswith("unix://"):
        path, _separator, query = REDIS_URL.removeprefix("unix://").partition("?")
        number = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={number}"
    return REDIS_URL


CELERY_BROKER_URL = _broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": REDIS_KEY_PREFIX, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY = False  # the tick finds what a lost wake-up would have told
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "deliveries"
# Ticks behind pumps would be late: they have a queue of their own.
CELERY_TASK_ROUTES = {"broadcasts.tick": {"queue": "ticks"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 4
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_DB_REUSE_MAX = 1000
# A tick that nobody took within its second has been overtaken by the next one.
CELERY_BEAT_SCHEDULE = {"tick": {"task": "broadcasts.tick", "schedule": 1.0, "options": {"expires": 5}}}

# --- apps -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "dingadmin.apps.DingAdminConfig",
    "audit",
    "robots",
    "messages",
    *(["simulator"] if DINGADMIN_SIMULATOR else []),
    "dingadmin.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dingadmin.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "dingadmin.urls"
WSGI_APPLICATION = "dingadmin.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dingadmin.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# --- sign-in --------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "dingadmin.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese (simplified)")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENV.zone("DINGADMIN_TIME_ZONE", "Asia/Shanghai")

# --- static files ---------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME.path / "static" if EMBEDDED else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a broadcast's form may tick that many groups
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

LOGGING = logs.CONFIG
