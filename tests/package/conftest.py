"""Shared by the tests of what is handed out."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PILOTAGE_BUILD", ROOT / "build"))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def build():
    assert (BUILD / "libpilotage.a").exists(), f"{BUILD} is not built; run ./dev build"
    return BUILD
