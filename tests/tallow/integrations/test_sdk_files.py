"""The browser SDK's files, from a folder as the build leaves it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tallow.integrations import beacon, sdk_files
from tests.tallow.integrations.serving import serving

SCRIPT = b"window.tallow = {};" * 50
INTEGRITY = "sha384-" + base64.b64encode(hashlib.sha384(SCRIPT).digest()).decode()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder as `npm run build` does."""
    (tmp_path / "tallow-ABC123.js").write_bytes(SCRIPT)
    (tmp_path / "tallow-ABC123.js.map").write_text("{}")
    (tmp_path / "tallow.js").write_bytes(SCRIPT)
    said = {"tallow.js": {"file": "tallow-ABC123.js", "integrity": INTEGRITY}}
    (tmp_path / "manifest.json").write_text(json.dumps(said))
    monkeypatch.setattr(sdk_files, "_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def client(built: Path) -> Iterator[httpx.Client]:
    with serving(Starlette(routes=beacon.routes())) as at, httpx.Client(base_url=at) as client:
        yield client


def test_the_tag_leads_to_the_file_it_vouches_for(client: httpx.Client) -> None:
    tag = sdk_files.sdk_tag(nonce="n0", app="shop", capture_localhost=True)

    src = re.search('src="([^"]+)"', tag)
    assert src is not None
    assert client.get(src[1]).content == SCRIPT
    assert f'integrity="{INTEGRITY}"' in tag
    assert 'nonce="n0"' in tag
    assert 'data-app="shop" data-capture-localhost="true"' in tag


def test_an_option_cannot_break_out_of_the_tag(built: Path) -> None:
    tag = sdk_files.sdk_tag(app='"><script>alert(1)</script>')

    assert tag.count("<script") == 1
    assert "alert(1)<" not in tag


def test_without_a_build_there_is_no_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk_files, "_FOLDER", tmp_path)

    assert sdk_files.sdk_tag() == ""


def test_hashed_names_are_kept_for_ever_and_the_stable_one_is_asked_again(
    client: httpx.Client,
) -> None:
    hashed, stable = client.get("/tallow/tallow-ABC123.js"), client.get("/tallow/tallow.js")

    assert "immutable" in hashed.headers["cache-control"]
    assert stable.headers["cache-control"] == "public, max-age=300"
    again = client.get("/tallow/tallow.js", headers={"If-None-Match": stable.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_head_says_how_much_there_is(client: httpx.Client) -> None:
    headers = {"Accept-Encoding": "identity"}
    head = client.head("/tallow/tallow.js", headers=headers)

    assert (head.content, head.headers["content-length"]) == (b"", str(len(SCRIPT)))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tallow-ABC123.js.map", id="a source map"),
        pytest.param("manifest.json", id="the manifest"),
        pytest.param("..%2f__init__.py", id="a way out"),
        pytest.param("none.js", id="nothing"),
    ],
)
def test_only_built_scripts_are_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/tallow/{name}").status_code == 404
