"""A process whose promise counts office time is tested like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

from alur.scenarios.run import Listener, Theatre, perform_script
from alur.scenarios.script import read_script
from tests.scenario_kit import DEFINITIONS

#: Friday 20 November 2026, 18.30: the office closed at 16.30 and opens on Monday at 07.30.
STEPS = """\
- name: PLM3 a request outside office hours neither starts nor breaches the clock
  given:
    {process: ak1-online, office: palembang, applicant: siti, data: samples/siti.yaml, documents: samples/,
     at: "2026-11-20T18:30+07:00"}
  staff: {ani: [operator], dedi: [head]}
  steps:
    - {as: siti, do: submit}
    - {expect: {due: {service: "2026-11-23T11:30+07:00"}, breached: []}}
    - {at: "2026-11-23T07:30+07:00", expect: {told: {service: []}, breached: []}}
    - {at: "2026-11-23T10:30+07:00", expect: {told: {service: [75]}, notices: {ani: [due_soon]}}}
    - {at: "2026-11-23T11:31+07:00", expect: {told: {service: [75, 100]}, breached: [service]}}
    - {expect: {notices: {dedi: [overdue]}}}
"""


def test_office_time_stands_still_over_a_weekend(place: Theatre, tmp_path: Path) -> None:
    """PLM3: four working hours from Friday evening are 07.30 to 11.30 on Monday, three quarters of them at 10.30."""
    folder = tmp_path / "ak1-online"
    shutil.copytree(DEFINITIONS / "ak1-online", folder)
    text = (folder / "process.yaml").read_text()
    assert text.count("target: PT24H ") == 1
    (folder / "process.yaml").write_text(text.replace("target: PT24H ", "target: PT4H working "))
    (folder / "scenarios.yaml").write_text(STEPS)
    (result,) = perform_script(read_script(folder), place, Listener()).results
    assert result.ok, result.failures
