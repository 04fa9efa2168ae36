"""Takes the pictures in docs/images: a real demo, a real browser. `make screenshots` runs it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
START_SECONDS = 180


def started(process: subprocess.Popen[str]) -> str:
    """What the demo printed, up to the line that says how to stop it."""
    assert process.stderr is not None
    until = time.monotonic() + START_SECONDS
    said = []
    while time.monotonic() < until:
        line = process.stderr.readline()
        said.append(line)
        if "Ctrl-C" in line:
            return "".join(said)
        if not line and process.poll() is not None:
            break
    sys.exit("The demo did not start:\n" + "".join(said))


def take(browser: Browser, base: str, who: tuple[str, str], path: str, name: str) -> None:
    """Sign in, open a page, and keep its picture."""
    page = browser.new_context(viewport={"width": 1200, "height": 760}).new_page()
    page.goto(f"{base}/signin")
    page.fill("input[type=email]", who[0])
    page.fill("input[type=password]", who[1])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/signin" not in url)
    page.goto(base + path)
    page.screenshot(path=IMAGES / name)
    print(IMAGES / name)


def main() -> None:
    """Run a demo in a folder of its own and photograph it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("No Chromium was found. Install the package chromium.")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "demo"],
            env={**os.environ, "HUB_DATA_DIR": folder, "HUB_PORT": "8123"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            said = started(process)
            base = re.search(r"running: (\S+)", said)[1]
            people = re.findall(r"sign in as (\S+) with (\S+)", said)
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
                take(browser, base, people[0], "/admin", "sources.png")
                take(browser, base, people[1], "/me", "transcript.png")
                browser.close()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    main()
