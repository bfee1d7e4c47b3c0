"""Editor support for rule files: their schemas, and settings for VS Code."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.rulebook.json_schema import FOLDER, SHAPES, modeline, write_schemas

EDITOR_FOLDER = ".vscode"
MODELINE = "# yaml-language-server:"


def write_schema_files(rules: Path) -> list[Path]:
    """Writes the schemas next to the rules, and names its schema in the first line of every rule file."""
    for path in sorted(rules.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if MODELINE not in text:
            path.write_text(modeline(path.relative_to(rules).as_posix()) + text, encoding="utf-8")
    return write_schemas(rules / FOLDER)


def write_editor_settings(folder: Path, rules: str = "rules") -> list[Path]:
    """Writes settings of VS Code into a working folder: the files of each schema, and the extension that reads them."""
    schemas = {}
    for name, shape in SHAPES.items():
        files = [f"{rules}/{shape[2]}"]
        if name == "commitment":
            # Its pattern also matches files with other schemas.
            files += [
                f"!{rules}/{SHAPES[other][2]}" for other in ("deal", "vocabulary", "scenarios", "reader-examples")
            ]
        schemas[f"./{rules}/{FOLDER}/{name}.json"] = files
    editing = {"editor.insertSpaces": True, "editor.tabSize": 2}
    settings = {"yaml.schemas": schemas, "yaml.yamlVersion": "1.2", "[yaml]": editing}
    contents = {"settings.json": settings, "extensions.json": {"recommendations": ["redhat.vscode-yaml"]}}
    (folder / EDITOR_FOLDER).mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (folder / EDITOR_FOLDER / file).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return [folder / EDITOR_FOLDER / file for file in contents]
