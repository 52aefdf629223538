import statistics
import subprocess
import sys
import textwrap

import tallow

_IMPORT_BUDGET_MS = 150.0


def _run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_public_names_are_these() -> None:
    assert tallow.__all__ == [
        "Counter",
        "Gauge",
        "Histogram",
        "TallowError",
        "add_breadcrumb",
        "analytics",
        "capture_exception",
        "close",
        "flush",
        "health",
        "init",
        "logger",
        "performance",
        "record_connection",
        "record_crypto_operation",
        "record_transfer",
    ]
    assert all(hasattr(tallow, name) for name in tallow.__all__)


def test_importing_is_quick() -> None:
    took_ms = [
        float(
            _run(
                """
                import time
                began = time.process_time()
                import tallow
                print((time.process_time() - began) * 1000)
                """
            )
        )
        for _ in range(5)
    ]

    assert statistics.median(took_ms) < _IMPORT_BUDGET_MS


def test_importing_opens_nothing_and_starts_nothing() -> None:
    opened = _run(
        """
        import sys
        watched = {"open", "socket.__new__", "_thread.start_new_thread", "os.mkdir", "os.fork"}
        code = (".py", ".pyc", ".so", ".pth")
        def hook(event, arguments):
            if event in watched and not str(arguments[0] if arguments else "").endswith(code):
                print(event, arguments)
        sys.addaudithook(hook)
        import tallow
        """
    )

    assert opened == ""


def test_importing_loads_nothing_heavy() -> None:
    loaded = _run(
        """
        import sys
        import tallow
        heavy = {"sentry_sdk", "urllib3", "re2", "requests", "http.client", "starlette", "rich"}
        print(*sorted(heavy & set(sys.modules)))
        """
    )

    assert loaded.strip() == ""


def test_before_the_start_every_public_function_is_silent_and_safe() -> None:
    shown = _run(
        """
        import tallow
        tallow.logger.info("x")
        tallow.add_breadcrumb("ui", "click")
        tallow.analytics.file_sent(1, "image", "relay")
        tallow.record_transfer("success", "relay", 1, 0.5, "image")
        tallow.record_connection("relay", "success")
        tallow.record_crypto_operation("seal", "aes-256-gcm", 0.001)
        assert tallow.capture_exception() == ""
        assert tallow.flush() is True
        tallow.close()
        """
    )

    assert shown == ""
