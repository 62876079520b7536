"""The front page as it is written: its words, its experiments and its links, in every language; and its Python side."""

from __future__ import annotations

import json
import re
import tomllib
from string import Template
from typing import Any

import pytest

from smtplab.course.experiments import describe, experiments
from smtplab.course.lessons import lessons
from smtplab.recordings.recording import names
from smtplab.site.landing import fields, home
from smtplab.text.language import LANGUAGES
from smtplab.widgets.page import Page
from tests.helpers.paths import TOP

SOURCE = TOP / "deploy/lite/page"


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    """Return each language in turn."""
    return str(request.param)


@pytest.fixture
def html(lang: str) -> str:
    """Return the front page of a language."""
    texts = tomllib.loads((SOURCE / "page.toml").read_text("utf-8"))
    return Template((SOURCE / "index.html").read_text("utf-8")).substitute(fields(texts, lang))


def test_nothing_is_left_to_fill_in(html: str) -> None:
    """No field stands in the page, and the number of servers is that of the recordings."""
    assert not re.search(r"\$|\{\w*\}", html.replace(">{}<", "><"))
    assert re.search(rf'id="game-title">{len(names())} ', html)


def test_each_experiment_stands_there(html: str, lang: str) -> None:
    """Each has its button, what is done, what to look for, and the link to its lesson in JupyterLab."""
    for name in experiments():
        it = describe(name, lang)
        item = re.search(rf'<li id="experiment-{name}">.*?</li>', html, re.DOTALL)
        assert item is not None
        words = re.sub(r"&\w+;|&#x27;", "", re.sub(r"<[^>]+>", "", item[0]))
        for text in (it.title, it.text, it.look):
            assert re.sub(r"['\"]", "", text) in words
        assert re.search(rf'lab/index.html\?path={lang}/{it.lesson}-[\w-]+\.ipynb"', item[0])


def test_each_section_goes_on_in_jupyterlab(html: str, lang: str) -> None:
    """Each section has a link to a lesson of the page's language, relative to the page."""
    top = "../" if home(lang) else ""
    for section in re.findall(r"<section.*?</section>", html, re.DOTALL):
        assert f'href="{top}lab/index.html?path={lang}/' in section
    assert 'href="codes/index.html"' in html


def test_the_worker_is_told_what_the_page_may_ask(lang: str) -> None:
    """The page's Python makes the game, the look-up and an experiment when it is asked, once, and resets the lab."""
    posts: list[dict[str, Any]] = []
    page = Page(lang, lambda text: posts.append(json.loads(text)))

    def ask(to: str = "page", **content: object) -> list[tuple[str, str]]:
        posts.clear()
        page.received(json.dumps({"to": to, "content": content}))
        return [(post["to"], post["type"]) for post in posts]

    assert ask(type="game", number="12") == [("game", "made"), ("game", "state")]
    assert posts[-1]["value"]["round"]["number"] == 12
    assert ask(type="game", number="13") == [("game", "state")]
    assert ask(type="lookup", entry="554") == [("lookup", "made"), ("lookup", "state")]
    assert posts[-1]["value"]["found"]["address"] == "code=554"
    assert ask(type="lookup") == []
    told = ask(type="experiment", name="make-421")
    assert ("anatomy", "made") in told
    log = next(post["value"] for post in posts if post["type"] == "message")
    assert log["exchanges"][-1]["reply"]["code"] == "421"
    assert log["personality"] == "chasquid-1.11"
    assert ask(type="experiment", name="nosuch") == []
    ask(type="reset")
    assert next(post["value"]["personality"] for post in posts if post["type"] == "message") == "rfc5321"


def test_each_lesson_tells_its_minutes_and_its_core(html: str, lang: str) -> None:
    """Beside each lesson's name stands how long it takes, and what of it is core."""
    core = {"en": "core", "es": "esencial"}[lang]
    told = re.findall(r'class="minutes">(\d+ \w+\. .*?)</span>', html)
    assert len(told) == len(lessons(lang))
    assert all(core in each.lower() for each in told)
