"""Does the page step, forwards and back, and tell of messages, in a real browser?"""

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from samples import SAMPLES

from dscheck.report.pictures.page import report_as_html

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("DSCHECK_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here (Debian: apt-get install chromium)")

# What a reader sees, asked of the page itself after it was used.
PROBE = """
<script>
(() => {
  const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const shown = () => document.querySelector("section.picture:not([hidden])");
  const seen = [];
  const look = (what) => {
    const section = shown();
    const rows = Array.from(section.querySelectorAll(".state tr:not(.owner)"));
    const text = (selector) => Array.from(section.querySelectorAll(selector), (each) => each.textContent);
    seen.push({
      what,
      picture: section.id,
      where: section.querySelector(".where").textContent,
      told: section.querySelector(".what").firstChild.textContent,
      changed: rows.filter((row) => row.className === "changed").map((row) => row.textContent),
      state: rows.map((row) => row.textContent),
      later: section.querySelectorAll(".drawing g.event.later").length,
      current: text(".steps [aria-current]"),
      message: section.querySelector(".told").hidden ? "" : section.querySelector(".told").textContent,
      unrelated: section.querySelectorAll(".drawing g.event.unrelated").length,
      said: document.getElementById("said").textContent,
      paper: getComputedStyle(document.body).backgroundColor,
      address: location.hash,
    });
  };
  const actions = ACTIONS;
  look("at first");
  for (const action of actions) {
    if (action.startsWith("focus ")) shown().querySelector(action.slice(6)).focus();
    else if (action.startsWith("click ")) shown().querySelector(action.slice(6)).click();
    else press(action);
    look(action);
  }
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
})();
</script>
"""


def seen(tmp_path: Path, name: str, actions: list[str], address: str = "") -> list[dict[str, object]]:
    """What the page shows at first, and after each action: a key, `focus SELECTOR` or `click SELECTOR`."""
    file = tmp_path / "page.html"
    probe = PROBE.replace("ACTIONS", json.dumps(actions))
    file.write_text(report_as_html(SAMPLES[name]).replace("</body>", f"{probe}</body>"), encoding="utf-8")
    command = [
        str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=5000", "--dump-dom", f"{file.as_uri()}{address}",
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = re.search(r'<pre id="seen">(.*?)</pre>', run.stdout, re.DOTALL)
    assert found, run.stdout[-2000:] + run.stderr[-2000:]
    return json.loads(unescape(found[1]))


def test_steps_forwards_and_back(tmp_path):
    first, *after = seen(tmp_path, "broken", ["Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "End"])
    assert first["where"] == "step 6 of 6"
    start, one, two, three, back, end = after
    assert (start["where"], start["changed"], start["later"]) == ("start", [], 6)
    assert (one["where"], one["told"], one["later"]) == ("step 1 of 6", "Client[0] ask", 5)
    assert one["changed"] == ["modeidlewaiting"]  # the name, the old value struck out, the new one
    assert three["changed"] == ["holdernoneClient[0]"]
    assert three["state"] == ["holdernoneClient[0]", "modewaiting", "modewaiting"]
    assert back["state"] == two["state"] == ["holdernone", "modewaiting", "modeidlewaiting"]
    assert back["current"] == ["Client[1] ask"]
    assert (end["where"], end["later"]) == ("step 6 of 6", 0)
    assert end["state"] == ["holderClient[1]", "modeinside", "modewaitinginside"]
    assert "step 1 of 6: Client[0] ask" in one["said"]
    assert one["address"] == "#picture=1&step=1"


def test_opens_where_the_address_says_and_follows_buttons(tmp_path):
    first, again, second = seen(
        tmp_path, "broken", ["click [data-go=forward]", "click .steps [data-step='2']"], "#step=4"
    )
    assert [first["where"], again["where"], second["where"]] == ["step 4 of 6", "step 5 of 6", "step 2 of 6"]


def test_a_message_tells_its_ends_and_its_causal_past(tmp_path):
    first, message, gone, event = seen(
        tmp_path, "broken", ["focus g.message[data-message='2']", "Escape", "focus g.event[data-event='5']"]
    )
    assert first["message"] == gone["message"] == ""
    assert message["message"] == "Grant from Server to Client[0]Causal past: steps 1, 3"
    assert message["unrelated"] == 4
    assert "Causal past" in message["said"]
    assert event["message"].endswith("Causal past: steps 1, 2, 3, 4, 6")


def test_turns_from_picture_to_picture(tmp_path):
    first, second, last, still, back = seen(tmp_path, "many", ["n", "n", "n", "p"])
    ids = [each["picture"] for each in (first, second, last, still, back)]
    assert ids[0] == "picture-0"
    assert len({*ids}) >= 2
    assert ids[1] == "picture-1"


def test_light_and_dark(tmp_path):
    first, second, third = seen(tmp_path, "broken", ["t", "t"])
    assert first["paper"] == third["paper"] == "rgb(255, 255, 255)"
    assert second["paper"] == "rgb(21, 25, 29)"


def test_asks_the_network_for_nothing():
    """Nothing in the page can load anything: no address but the name of a namespace, and a policy that forbids it."""
    html = report_as_html(SAMPLES["broken"])
    assert set(re.findall(r"https?://[^\s\"'<)]+", html)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(?:src|href)\s*=|@import|url\(", html)
    assert "default-src 'none'" in html
