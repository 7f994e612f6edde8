"""What is installed, and what a user without a fitting compiler is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

needs_cmake = pytest.mark.skipif(shutil.which("cmake") is None, reason="there's no CMake here")
needs_compiler = pytest.mark.skipif(shutil.which("c++") is None, reason="there's no C++ compiler here")


def configure(folder: Path, *settings: str, compiler: str | None = None) -> tuple[int, str]:
    """Return CMake's exit code, and what it said of errors."""
    command = ["cmake", "-S", str(ROOT), "-B", str(folder), "-DLENET_CHECK=ON", *settings]
    environment = {name: value for name, value in os.environ.items() if name != "CXX"}
    if compiler is not None:
        environment["CXX"] = compiler
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)
    return done.returncode, " ".join(done.stderr.split())


@pytest.mark.slow
@needs_cmake
@needs_compiler
def test_without_a_compiler(tmp_path):
    code, told = configure(tmp_path, compiler=str(tmp_path / "no-compiler"))
    assert code != 0
    assert "lenet's native engine is written in C++, and no working C++ compiler was found" in told
    assert "sudo apt install g++" in told
    assert "xcode-select --install" in told
    assert configure(tmp_path) == (0, "")  # one that has been installed since is found


@pytest.mark.slow
@needs_cmake
@needs_compiler
@pytest.mark.parametrize(("name", "version"), [("GNU", "9.4"), ("Clang", "12.0"), ("MSVC", "19.3")])
def test_a_compiler_that_is_too_old_or_another(tmp_path, name, version):
    pretended = {"": shutil.which("c++"), "_FORCED": "ON", "_ID": name, "_VERSION": version}
    code, told = configure(tmp_path, *(f"-DCMAKE_CXX_COMPILER{key}={value}" for key, value in pretended.items()))
    assert code != 0
    assert "needs GCC 11, Clang 13 or Apple Clang 14, or newer" in told
    assert f"Found: {name} {version}" in told


@pytest.mark.slow
@needs_cmake
@needs_compiler
def test_clang_cl_is_told_apart(tmp_path):
    pretended = tmp_path / "clang-cl"
    pretended.write_text('#!/bin/sh\nexec c++ "$@"\n')
    pretended.chmod(0o755)
    code, told = configure(tmp_path / "build", compiler=str(pretended))
    assert code != 0
    assert "built by clang++, not by clang-cl" in told


@pytest.mark.slow
@needs_cmake
@needs_compiler
@pytest.mark.timeout(900)
def test_a_source_distribution_installs(tmp_path):
    """What it holds is enough to build, install and use the package; no network is asked for."""
    backend = pytest.importorskip("scikit_build_core.build")
    pytest.importorskip("nanobind")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        archive = tmp_path / backend.build_sdist(str(tmp_path))
    with tarfile.open(archive) as file:
        held = {name.partition("/")[2] for name in file.getnames()}
    tracked = {path for path in _tracked() if not path.startswith((".ci/", "bench/", "tests/bench/"))}
    assert tracked <= held
    assert held - tracked <= {"PKG-INFO"}
    target = tmp_path / "installed"
    # Less optimised than a wheel is, in a third of the time.
    quick = ["-Ccmake.build-type=None", "-Ccmake.define.CMAKE_CXX_FLAGS=-O1"]
    offline = ["--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", *quick, *offline, "--target", str(target), str(archive)],
        check=True,
    )
    environment = {**os.environ, "PYTHONPATH": str(target), "LENET_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "smoke.py")],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"from {target / 'lenet'} works" in done.stdout


def _tracked() -> list[str]:
    """Return the project's files; where it isn't a repository, none are known."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else pytest.skip("this isn't a repository")


def test_the_package_is_whole():
    try:
        held = {str(path) for path in files("lenet") or []}
    except PackageNotFoundError:
        held = set()
    if "lenet/__init__.py" not in held:
        pytest.skip("lenet runs from its source here")
    source = ROOT / "src"
    wanted = [
        p for p in source.rglob("*") if p.is_file() and p.suffix in (".py", ".pyi", ".typed", ".txt", ".safetensors")
    ]
    assert {str(path.relative_to(source)) for path in wanted} <= held
    assert any(path.startswith("lenet/_native.") and path.endswith(".so") for path in held)
    assert not [path for path in held if path.endswith((".cpp", ".h", ".cmake", ".a"))]
