"""What an editor needs to know rule files: their schemas, and settings that point to them."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.rulebook.json_schema import FOLDER, SHAPES, modeline, write_schemas

EDITOR_FOLDER = ".vscode"
MODELINE = "# yaml-language-server:"


def write_schema_files(rules: Path) -> list[Path]:
    """The schemas beside the rules, and in the first line of every rule file where its schema is."""
    for path in sorted(rules.rglob("*.yaml")):
        add_modeline(path, path.relative_to(rules).as_posix())
    return write_schemas(rules / FOLDER)


def add_modeline(path: Path, inner: str) -> None:
    """The line that names the schema on top of a rule file that has none. `inner` is its path in the folder of rules."""
    text = path.read_text(encoding="utf-8")
    if MODELINE not in text:
        path.write_text(modeline(inner) + text, encoding="utf-8")


def write_editor_settings(folder: Path, rules: str = "rules") -> list[Path]:
    """Settings of VS Code for a working folder: which schema is for which files, and the extension that reads them."""
    settings = {
        "yaml.schemas": {f"./{rules}/{FOLDER}/{name}.json": file_patterns(name, rules) for name in SHAPES},
        "yaml.yamlVersion": "1.2",
        "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2},
    }
    extensions = {"recommendations": ["redhat.vscode-yaml"]}
    return [
        _written(folder / EDITOR_FOLDER / "settings.json", settings),
        _written(folder / EDITOR_FOLDER / "extensions.json", extensions),
    ]


def file_patterns(name: str, rules: str) -> list[str]:
    """The files that a schema is for. Where others have one of their own, they are taken out."""
    found = [f"{rules}/{SHAPES[name][2]}"]
    if name == "commitment":
        found += [f"!{rules}/{SHAPES[other][2]}" for other in ("deal", "vocabulary", "scenarios")]
    return found


def _written(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
    return path
