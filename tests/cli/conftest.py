"""Fixtures of the tests of the command."""

import pytest
from command_line import HEADER, Place, customers


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with customers.csv and its finished job, which tests only read."""
    here = Place(tmp_path_factory.mktemp("finished"))
    here.table("customers.csv", HEADER, customers())
    here.run_job("customers.csv", "--target", "bought")
    return here
