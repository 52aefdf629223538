"""Builds the scrubber's C matcher where there is a compiler; without one, Tallow does without."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SOURCES = Path("src/tallow/scrub/matcher")
_COMPILE_TIME_S = 120


class CustomBuildHook(BuildHookInterface):
    """Called by hatchling for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the matcher and say so in the wheel's tag; fall back silently."""
        if self.target_name != "wheel":
            return
        built = compile_matcher(Path(self.root))
        if built is None:
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{_platform()}"
        if version != "editable":
            build_data["force_include"][str(built)] = f"tallow/scrub/matcher/{built.name}"


def compile_matcher(root: Path) -> Path | None:
    """Return the compiled matcher, made beside its source, or None when that cannot be done."""
    compiler = next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)
    sources = sorted((root / _SOURCES).glob("*.c"))
    headers = sysconfig.get_path("include")
    if compiler is None or not sources or not Path(headers, "Python.h").exists():
        return None
    target = root / _SOURCES / "_scan.abi3.so"
    fresh = target.with_suffix(".new")
    flags = ["-std=c11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{headers}"]
    if sysconfig.get_platform().startswith("macosx"):
        flags += ["-undefined", "dynamic_lookup"]
    command = [compiler, *flags, *map(str, sources), "-o", str(fresh)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_COMPILE_TIME_S)  # noqa: S603
        fresh.replace(target)  # a process that has the old one loaded keeps it
    except subprocess.CalledProcessError as error:
        sys.stderr.buffer.write(error.stderr)
        return None
    except (OSError, subprocess.SubprocessError):
        return None
    return target


def _platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


if __name__ == "__main__":
    made = compile_matcher(Path(__file__).parent)
    print(f"built {made.name}" if made else "no compiler: the scrubber uses google-re2 or re")
