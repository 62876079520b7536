"""The values for Kubernetes: each key is the chart's, of the chart's type, and they say what they promise."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from tests.helpers.hub import CONFIGURATION
from tests.helpers.paths import TOP

TABLE = tomllib.loads((TOP / "tests/data/z2jh-values.toml").read_text("utf-8"))
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (type(None),),
}  # fmt: skip


def load(path: Path) -> Any:
    """Read a file of YAML."""
    return YAML(typ="safe").load(path)


VALUES = load(TOP / "deploy/hub/values.yaml")


def faults(values: dict[str, Any], keys: dict[str, str], before: str = "") -> list[str]:
    """Return a sentence for each key that the chart does not have, or whose value is of another type."""
    found = []
    for name, value in values.items():
        key = f"{before}{name}"
        kinds = keys.get(key)
        if kinds is None:
            found.append(f"{key} is no key of the chart")
        elif not isinstance(value, sum((TYPES[kind] for kind in kinds.removesuffix(" free").split("|")), ())):
            found.append(f"{key} should be {kinds}")
        elif isinstance(value, dict) and not kinds.endswith(" free"):
            found += faults(value, keys, f"{key}.")
    return found


def test_each_key_is_one_of_the_charts() -> None:
    """No key is misspelt or of another type than the schema of the chart that the first line names."""
    assert faults(VALUES, TABLE["keys"]) == []
    first = (TOP / "deploy/hub/values.yaml").read_text("utf-8").partition("\n")[0]
    assert f"{TABLE['chart']} (JupyterHub {TABLE['jupyterhub']})" in first


def test_a_wrong_key_and_a_wrong_type_are_found() -> None:
    """The table finds what the chart's schema would refuse."""
    wrong = {"cull": {"enabled": "yes", "timeouts": 3600}, "singleusers": {}}
    assert faults(wrong, TABLE["keys"]) == [
        "cull.enabled should be boolean",
        "cull.timeouts is no key of the chart",
        "singleusers is no key of the chart",
    ]


def merged(base: Any, over: Any) -> Any:
    """Return values over the chart's own, as helm lays them."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: merged(base.get(key), over[key]) if key in over else base[key] for key in {**base, **over}}
    return over


@pytest.mark.skipif("SMTPLAB_CHART" not in os.environ, reason="SMTPLAB_CHART names no folder of the chart")
def test_the_charts_own_schema_takes_them() -> None:
    """Laid over the chart's own values, ours are valid; the chart's schema takes nothing but the whole."""
    chart = Path(os.environ["SMTPLAB_CHART"])
    schema = load(chart / "values.schema.yaml")
    whole = merged(load(chart / "values.yaml"), VALUES)
    assert [error.message for error in Draft7Validator(schema).iter_errors(whole)] == []


def test_no_way_out_is_open() -> None:
    """A learner's server may look up a name in the cluster and reach the hub, and nothing else."""
    policy = VALUES["singleuser"]["networkPolicy"]
    assert policy["enabled"] is True
    assert policy["egress"] == []
    assert [rule for rule, is_open in policy["egressAllowRules"].items() if is_open] == ["dnsPortsKubeSystemNamespace"]


def test_kubernetes_and_one_server_say_the_same() -> None:
    """Servers get the same arguments in both, the same limit of memory, the same carrier and the same groups."""
    configuration = CONFIGURATION.read_text("utf-8")
    spawner = VALUES["hub"]["config"]["KubeSpawner"]
    for argument in spawner["args"]:
        name, _, value = argument.partition("=")
        assert name in configuration
        if name.startswith("--LabApp"):
            assert f'"{argument}"' in configuration, value
    assert f'"SMTPLAB_HUB_MEMORY", "{VALUES["singleuser"]["memory"]["limit"]}"' in configuration
    assert VALUES["singleuser"]["extraEnv"]["SMTPLAB_CARRIER"] == "memory"
    groups = {group for each in spawner["group_overrides"].values() for group in each["groups"]}
    assert groups == {"lang-es", "teachers"}
    mount = spawner["group_overrides"]["teachers-read-the-class"]["spawner_override"]["volume_mounts"]["class"]
    assert mount["readOnly"] is True
