"""The paths of a config.toml, turned to the folder that it lies in now."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath

import pytest

from monitor.config.own_folder import ALWAYS_SET, turned_to_own_folder

DATABASE, RULES, SECRETS = ("monitor", "database"), ("monitor", "rules"), ("monitor", "secrets_dir")


def test_paths_that_stay_inside_the_folder_are_left_as_they_are() -> None:
    text = '[monitor]\ndatabase = "sqlite:///state/my.db" # mine\nrules = "./deals"\ndata = "."\n'
    turned = turned_to_own_folder(text, ALWAYS_SET)
    assert (turned.text, turned.turned, turned.by_hand) == (text, (), ())
    assert turned.places[DATABASE] == PurePosixPath("state/my.db")
    assert turned.places[RULES] == PurePosixPath("deals")


def test_what_the_file_does_not_name_lies_where_the_program_looks_by_itself() -> None:
    turned = turned_to_own_folder("", ALWAYS_SET)
    assert (turned.text, turned.turned, turned.by_hand) == ("", (), ())
    assert {str(place) for place in turned.places.values()} == {"var/monitor.db", "rules", "templates", "var"}


@pytest.mark.parametrize("elsewhere", ["/srv/rules", "../rules", "~/rules", "a/../../rules"])
def test_a_path_that_leads_out_of_the_folder_is_turned_to_it_and_named(elsewhere: str) -> None:
    text = f'# mine\n[monitor]\nrules = "{elsewhere}" # of the desk\n\n[owner]\nroute = "desk"\n'
    turned = turned_to_own_folder(text, ALWAYS_SET)
    assert turned.turned == ("monitor.rules",)
    assert turned.text == '# mine\n[monitor]\nrules = "rules"\n\n[owner]\nroute = "desk"\n'


def test_a_database_elsewhere_or_on_a_server_becomes_a_file_of_the_folder() -> None:
    for address in ("sqlite:////srv/monitor.db", "postgresql+psycopg://me@host/name"):
        turned = turned_to_own_folder(f'monitor.database = "{address}"\n', ALWAYS_SET)
        assert tomllib.loads(turned.text)["monitor"]["database"] == "sqlite:///var/monitor.db"


def test_a_key_without_a_line_of_its_own_is_left_to_a_person() -> None:
    text = 'monitor = { rules = "/srv/rules", data = "var" }\n'
    turned = turned_to_own_folder(text, ALWAYS_SET)
    assert turned.text == text
    assert turned.by_hand == ('[monitor] rules = "rules"',)


def test_secrets_that_no_line_names_are_left_to_a_person() -> None:
    assert turned_to_own_folder("", frozenset({SECRETS})).by_hand == ('[monitor] secrets_dir = "secrets"',)
    assert turned_to_own_folder('[monitor]\nsecrets_dir = "/run/s"\n', frozenset({SECRETS})).turned == (
        "monitor.secrets_dir",
    )
