"""Every digest is a page of the site, by route and slot, that says what its messages say."""

from collections.abc import Iterable
from dataclasses import replace

from monitor.domain.messages.briefs import ReportLink
from monitor.domain.pages.material import SiteMaterial
from monitor.render.jinja_env import Templates
from monitor.site.digest_pages import digest_files
from monitor.site.page_templates import PageTemplates, frame_values
from tests.builders.message_values import commitment, context
from tests.builders.published_material import material
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.sample_messages import DIGEST, QUIET_DIGEST
from tests.builders.web_pages import read_page

PAGES = PageTemplates(Templates(TEMPLATES), frame_values(material()))
PAGE = "digests/desk/2026-03-09T0800.html"


def made(names: Iterable[str] = (PAGE,), of: SiteMaterial | None = None, **changes: object) -> dict[str, str]:
    digests = {name: replace(DIGEST, **changes) for name in names}  # type: ignore[arg-type]
    found = digest_files(PAGES, digests, lambda text: text.replace("Ann Lee", "a person"), of or material())
    return {address: page.decode() for address, page in found}


def test_without_a_digest_the_list_says_so() -> None:
    assert "There are no digests yet" in made(())["digests/index.html"]


def test_each_route_has_its_list_and_each_digest_its_page() -> None:
    names = ["desk/2026-03-02T0800", "desk/2026-03-09T0800", "boss/2026-03-09T1700"]
    pages = made([f"digests/{name}.html" for name in names])
    names = ["index", "boss/2026-03-09T1700", "desk/2026-03-09T0800", "desk/2026-03-02T0800"]
    assert list(pages) == [f"digests/{name}.html" for name in names]
    assert "Earlier: <time" in pages["digests/desk/2026-03-09T0800.html"]
    assert "Later: <time" in pages["digests/desk/2026-03-02T0800.html"]


def test_the_page_says_what_the_mail_says_under_one_heading() -> None:
    page = read_page(made()[PAGE])
    for said in ("Buyers put off two cargoes of soybeans", "Dates", "Unchanged", "Harbour notices", "Data as of"):
        assert said in page.text
    assert DIGEST.route not in page.text, "why its reader got the mail concerns no other"
    assert page.tags["h1"] == 1
    quiet = dict(digest_files(PAGES, {PAGE: QUIET_DIGEST}, str, material()))[PAGE].decode()
    assert read_page(quiet).tags["h1"] == 1


def test_texts_are_made_public_and_addresses_stay() -> None:
    report = ReportLink("https://wire.example/Ann Lee", "Ann Lee")
    event = replace(DIGEST.events[0], text="pinned by Ann Lee", outlets="Ann Lee", report=report)
    pages = made(subject="Pinned by Ann Lee", events=(event,))
    assert "Pinned by a person" in pages["digests/index.html"]
    assert "pinned by a person" in pages[PAGE]
    assert [part for part in pages[PAGE].split("Ann Lee")[:-1] if not part.endswith("https://wire.example/")] == []


def test_the_name_of_a_commitment_leads_to_its_page_if_it_has_one() -> None:
    event = replace(DIGEST.events[0], commitment="a", short="Soy", text="Soy is bought")
    of = replace(material(), context=context(commitments={"a": commitment("a", short="Soy")}))
    assert '<a href="../../c/a.html"><strong>Soy</strong></a> is bought' in made(of=of, events=(event,))[PAGE]
    assert "c/b.html" not in made(of=of, events=(replace(event, commitment="b"),))[PAGE]
