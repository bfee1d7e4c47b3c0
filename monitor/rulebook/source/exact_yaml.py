"""Any file, by the parser whose errors stand where people look for them."""

from __future__ import annotations

from collections.abc import Iterator

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from monitor.rulebook.source.page import UnreadableFileError
from monitor.rulebook.source.syntax_errors import explain_yaml_error
from monitor.rulebook.source.yaml_events import Event, YamlBuilder


class ExactBuilder(YamlBuilder):
    """Reads a file by ruamel's events, and says what is wrong in it."""

    kinds = events

    def _parsed(self) -> Iterator[Event]:
        try:
            yield from YAML(typ="safe", pure=True).parse(self.page.text)
        except MarkedYAMLError as error:
            latest = next(reversed(self.scalars.values()), None)
            raise UnreadableFileError(explain_yaml_error(error, self.page, latest)) from error
        except (YAMLError, ValueError, OverflowError) as error:
            message = " ".join(str(error).split())[:200]
            raise UnreadableFileError(self.page.issue_at((1, 1), "syntax", message)) from error

    def _differs(self) -> None:
        """The places of this parser are those that count."""
