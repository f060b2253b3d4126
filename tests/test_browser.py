"""The page and the notebook for exploring, in a real browser; left out where there is none."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from projects import ROOT

pytestmark = pytest.mark.browser
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.fail("no chromium here: run the tests by make test, which leaves these out then")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_paper_fits_a_phone_and_asks_for_nothing(browser, built, scheme):
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((built / "paper.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (red + green + blue < 3 * 90) == (scheme == "dark")
    context.close()


def test_every_picture_of_the_paper_is_drawn_and_described(browser, built):
    page = browser.new_page()
    page.goto((built / "paper.html").as_uri())
    pictures = page.evaluate("[...document.images].map(image => [image.naturalWidth, image.alt.length])")
    assert len(pictures) >= 10
    assert all(width > 0 and described > 20 for width, described in pictures)
    page.close()


LINKS = """
[...document.querySelectorAll('a[href^="#why-"]')].map(link => ({
    target: link.getAttribute("href").slice(1),
    id: link.id,
    name: link.getAttribute("aria-label") || link.textContent.trim(),
    text: link.textContent.trim(),
}))
"""
SHOWN = "id => document.getElementById(id).querySelector('dl').checkVisibility({contentVisibilityAuto: true})"


def exhibits_of(built):
    return [exhibit["id"] for exhibit in json.loads((built / "manifest.json").read_text(encoding="utf-8"))["exhibits"]]


@pytest.mark.parametrize("scripting", [True, False])
def test_every_exhibit_of_the_paper_has_a_link_whose_target_comes_into_sight(browser, built, scripting):
    context = browser.new_context(java_script_enabled=scripting)
    page = context.new_page()
    page.goto((built / "paper.html").as_uri())
    links = [link for link in page.evaluate(LINKS) if link["target"] != "why-everything"]
    assert {link["target"] for link in links} == {f"why-{id_}" for id_ in exhibits_of(built)}
    assert {link["id"] for link in links} >= {f"at-{id_}" for id_ in exhibits_of(built)}
    assert not [link for link in links if not link["name"] or not link["name"].startswith(link["text"])]
    assert not [link for link in links if link["text"] == "why" and link["name"] == "why"]
    # Without scripts each takes a page of its own; then a sample has to do.
    targets = sorted({link["target"] for link in links})
    for target in targets if scripting else targets[::20]:
        assert not page.evaluate(SHOWN, target)
        page.goto(f"{(built / 'paper.html').as_uri()}#{target}")
        page.wait_for_function(SHOWN, arg=target)
    context.close()


def test_a_link_opens_its_entry_by_keyboard_and_leads_back(browser, built):
    page = browser.new_page(viewport=PHONE)
    page.goto((built / "paper.html").as_uri())
    page.focus("#at-fig-timeline")
    page.keyboard.press("Enter")
    page.wait_for_function(SHOWN, arg="why-fig-timeline")
    assert page.locator("#why-fig-timeline > summary").bounding_box()["y"] < PHONE["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.click("#why-fig-timeline a:text('Back to')")
    page.wait_for_function("document.activeElement.id === 'at-fig-timeline'")
    assert 0 < page.locator("#at-fig-timeline").bounding_box()["y"] < PHONE["height"]
    # Closed by hand and asked for again: the address stays the same then.
    page.evaluate("document.getElementById('why-fig-timeline').open = false")
    page.evaluate("location.hash = 'why-fig-timeline'")
    page.wait_for_function(SHOWN, arg="why-fig-timeline")
    page.evaluate("document.getElementById('why-fig-timeline').open = false")
    page.evaluate("document.querySelector('#at-fig-timeline').click()")
    page.wait_for_function(SHOWN, arg="why-fig-timeline")
    page.close()


def test_links_and_entries_are_no_part_of_what_is_printed(browser, built):
    page = browser.new_page()
    page.goto(f"{(built / 'paper.html').as_uri()}#why-q-21")
    page.emulate_media(media="print")
    assert not page.locator(".whys").is_visible()
    assert not [link for link in page.locator(".on-screen").all() if link.is_visible()]
    assert page.locator("#at-n-messages").is_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_an_entry_says_can_be_read(browser, built, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{(built / 'paper.html').as_uri()}#why-q-21")
    # WCAG 2: the contrast of letters to their ground is 4.5 or more.
    contrasts = page.evaluate(
        """() => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([red, green, blue]) => [red, green, blue]
                .map(part => part / 255)
                .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
            const ground = node => {
                for (; node; node = node.parentElement) {
                    const colour = numbers(getComputedStyle(node).backgroundColor);
                    if (colour[3] !== 0) return colour;
                }
            };
            return [...document.querySelectorAll("#why-q-21, #why-q-21 *")].map(node => {
                const both = [numbers(getComputedStyle(node).color), ground(node)].map(light).sort((a, b) => b - a);
                return (both[0] + 0.05) / (both[1] + 0.05);
            });
        }"""
    )
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5
    context.close()


def until(holds, seconds=60):
    """Wait for what a server says in no other way than when it is asked."""
    for _ in range(seconds * 4):
        try:
            if holds():
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.25)
    pytest.fail("the server did not come so far")


def kernels(address):
    """Return state and number of connections of each kernel of a JupyterLab."""
    with urllib.request.urlopen(f"{address}/api/kernels?token=t", timeout=5) as answer:  # noqa: S310 - our own server
        return [(kernel["execution_state"], kernel["connections"]) for kernel in json.load(answer)]


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a copy of the stand-in, as `make lab` opens it."""
    for name in ("data/standin", "data/article", "notebooks", "paper"):
        shutil.copytree(ROOT / name, tmp_path / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: kernels(address) == [])
    yield address
    server.terminate()
    server.wait(timeout=30)


def test_explore_shows_the_segments_of_a_code_that_is_chosen(browser, lab):
    page = browser.new_page(viewport={"width": 1400, "height": 1300})
    page.goto(f"{lab}/lab/tree/notebooks/explore.ipynb?token=t")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    until(lambda: kernels(lab) == [("idle", 1)])
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    codes = page.locator("select[multiple]").first
    codes.wait_for(timeout=60_000, state="attached")
    codes.select_option(label="Testing and showing")
    counted = page.locator(".widget-html b", has_text="segments in")
    counted.filter(has_text="8 segments in 7 messages").wait_for(timeout=30_000)
    assert page.locator(".widget-html mark").count() == 8
    # Message 21 is an article's: its words are shown, and no code name beside an invented coding.
    assert "John" not in page.locator(".widget-html", has_text="segments in").first.inner_text()
    page.close()
