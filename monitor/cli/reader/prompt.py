"""`reader prompt`: the question that a model is asked."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import EXISTING_FOLDER, echo_json, fields_of, pluralised, settings_of


@click.command()
@click.option("--rules", "folder", type=EXISTING_FOLDER, help="Folder of rules [the configured one].")
@click.option("--json", "as_json", is_flag=True, help="Version, tokens, commitments and text as one JSON line.")
def prompt(folder: Path | None, *, as_json: bool) -> None:
    """Print the question that a model is asked about stories, with its version and its length.

    It is made from the rule files (`reads` of the commitments; `reader`, `effects` and `rulings` of the deals) and the template
    reader.txt.j2, and needs no server. Its version goes with each reading. A change of the rule files or the template makes a new
    version; texts that were read stay as they were read. The length is an estimate: four characters a token.
    """
    from monitor.domain.reading.question import asked_commitments
    from monitor.render.reader_question import reader_question
    from monitor.rulebook import load_rulebook
    from monitor.runtime.session import rule_cache

    settings = settings_of()
    rulebook = load_rulebook(folder or settings.rules, cache=rule_cache(settings))
    question = reader_question(rulebook, settings.templates)
    commitments = asked_commitments(rulebook)
    if as_json:
        named = {"commitments": commitments, "text": question.text}
        echo_json(fields_of(question, "version", "tokens") | named)
        return
    click.echo(question.text, nl=False)
    summary = (
        f"version {question.version}, about {question.tokens:,} tokens, {pluralised(len(commitments), 'commitment')}"
    )
    click.echo(summary, err=True)
