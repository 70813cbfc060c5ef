"""runner.shapes(): the functions of an additive candidate from Python."""

import random
import subprocess

import pilotage
import pytest
from pilotage.interactive import InteractiveRunner


@pytest.fixture(scope="module")
def job(tmp_path_factory, command, engine):
    folder = tmp_path_factory.mktemp("shapes")
    draw = random.Random(1)
    lines = ["age,city,price"]
    for _ in range(200):
        age, city = draw.randint(18, 60), draw.choice("ab")
        lines.append(f"{age},{city},{age / 10 + (city == 'a') + draw.gauss(0, 0.1):.3f}")
    (folder / "prices.csv").write_text("\n".join(lines) + "\n")
    words = ["plan", "prices.csv", "--target", "price", "--problem-type", "regression", "--algorithms", "additive", "--output", "job"]
    subprocess.run([command, *words, "--max-trials", "1", "--quiet"], cwd=folder, check=True, timeout=120)
    return folder / "job"


def test_before_and_after_training(job, command):
    runner = InteractiveRunner(job)
    assert runner.shapes().rows == []
    assert "trained yet" in runner.shapes()._repr_mimebundle_()["text/plain"]
    with pytest.raises(pilotage.UsageError, match="no candidate yet"):
        runner.shapes("dpp0-additive")
    subprocess.run([command, "tune", "job", "--quiet"], cwd=job.parent, check=True, timeout=120, stdout=subprocess.DEVNULL)
    table = runner.shapes("dpp0-additive")
    assert {row["axes"][0]["column"] for row in table.rows} == {"age", "city"}
    assert "How to read it" in table._repr_mimebundle_()["text/plain"]
    assert runner.shapes().rows == table.rows
    with pytest.raises(pilotage.UsageError, match="no functions of 'dpp0-boost'; there are those of dpp0-additive"):
        runner.shapes("dpp0-boost")
