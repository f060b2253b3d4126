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
