"""The product's own settings, on a home of their own that ends with the test process."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="dingadmin-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["DINGADMIN_HOME"] = _home
os.environ["DINGADMIN_SIMULATOR"] = "1"
# A test of what goes out does not wait for what can be taken back.
os.environ.setdefault("DINGADMIN_UNDO_SECONDS", "0")
os.environ.setdefault("DINGADMIN_SECRET_KEY", "not-a-real-key-but-long-enough-for-the-tests-0123456789")
os.environ.setdefault("DINGADMIN_ENCRYPTION_KEYS", "dGVzdHMtb25seS1rZXktdGVzdHMtb25seS1rZXktMDA=")
# The tests' worker thread and the browser's event loop share the process.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from dingadmin.settings import *
from dingadmin.settings import DATABASES, HOME

# A file, not SQLite's memory: live servers and pumps open connections of their own.
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(HOME.path / "test.sqlite3")}
DATABASES["simulator"]["TEST"] = {"NAME": str(HOME.path / "test-simulator.sqlite3")}
# Empty, for the static files are found where they lie; without it the server for them warns.
(HOME.path / "static").mkdir(exist_ok=True)
STATIC_ROOT = HOME.path / "static"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# On PostgreSQL with a Redis server the tests count as production, and yet the simulator is what they call.
SILENCED_SYSTEM_CHECKS = ["dingadmin.E005"]
