"use strict";
// Steps through the pictures. What is shown stands in the address: #picture=2&step=3.
(() => {
  const pictures = JSON.parse(document.getElementById("pictures").textContent);
  const sections = Array.from(document.querySelectorAll("section.picture"));
  const steps = pictures.map((picture) => picture.start);
  const said = document.getElementById("said");
  const choice = document.getElementById("choice");
  let current = 0;

  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const clamp = (number, most) => Math.max(0, Math.min(most, number));

  function made(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  function stateAt(picture, step) {
    const values = new Map(picture.variables.map((name) => [name, ""]));
    for (const [name, value] of picture.initial) values.set(name, value);
    for (const frame of picture.frames.slice(0, step)) for (const change of frame.changes) values.set(change[0], change[2]);
    return values;
  }

  function showState(section, picture, step) {
    const rows = all(section, ".state tr:not(.owner)");
    const changed = new Map(step ? picture.frames[step - 1].changes.map((change) => [change[0], change[1]]) : []);
    const values = stateAt(picture, step);
    picture.variables.forEach((name, number) => {
      const value = values.get(name);
      const row = rows[number];
      const cell = row.querySelector("td");
      cell.replaceChildren();
      row.classList.toggle("changed", changed.has(name));
      if (changed.has(name) && changed.get(name) !== "") cell.append(made("del", changed.get(name)));
      cell.append(value);
    });
  }

  function showDrawing(section, picture, step) {
    for (const group of all(section, ".drawing [data-state]")) {
      group.classList.toggle("later", Number(group.dataset.state) > step);
      group.classList.toggle("here", Number(group.dataset.state) === step);
    }
    for (const group of all(section, ".drawing [data-message]")) {
      const message = picture.messages[group.dataset.message];
      group.classList.toggle("later", message.sent > step);
      group.classList.toggle("flying", message.sent <= step && message.ended !== null && message.ended > step);
    }
    const band = section.querySelector(".now");
    const y = picture.rows[step - 1];
    band.setAttribute("height", y === undefined ? 0 : 30);
    if (y === undefined) return;
    band.setAttribute("y", y - 15);
    const box = section.querySelector(".drawing");
    if (box.scrollHeight > box.clientHeight) box.scrollTop = Math.max(0, y - box.clientHeight / 2);
  }

  function show(speak) {
    const picture = pictures[current];
    const section = sections[current];
    const step = steps[current];
    const last = picture.frames.length;
    sections.forEach((each, number) => { each.hidden = number !== current; });
    if (choice) choice.value = String(current);
    const frame = step ? picture.frames[step - 1] : null;
    const where = step ? `step ${step} of ${last}` : "start";
    section.querySelector(".where").textContent = where;
    section.querySelector("input[type=range]").value = String(step);
    const what = section.querySelector(".what");
    const notes = frame ? frame.notes.join("; ") : `then ${last} step${last === 1 ? "" : "s"}`;
    what.replaceChildren(frame ? frame.label : "The start");
    if (notes) {
      const more = made("span", notes);
      more.className = "more";
      what.append(more);
    }
    for (const button of all(section, "[data-go]")) {
      button.disabled = ["first", "back"].includes(button.dataset.go) ? step === 0 : step === last;
    }
    for (const button of all(section, ".steps button")) {
      const here = Number(button.dataset.step) === step;
      if (here) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    showState(section, picture, step);
    showDrawing(section, picture, step);
    document.documentElement.dataset.step = String(step);
    if (speak) {
      const changes = frame ? frame.changes.map((change) => `${change[0]} = ${change[2]}`).join(", ") : "";
      said.textContent = [where, frame ? frame.label : "", notes, changes].filter(Boolean).join(": ");
      try { history.replaceState(null, "", `#picture=${current + 1}&step=${step}`); } catch { /* a page in a frame */ }
    }
  }

  function go(step) {
    steps[current] = clamp(step, pictures[current].frames.length);
    show(true);
  }

  function turn(number) {
    forget(sections[current]);
    current = clamp(number, pictures.length - 1);
    show(true);
    said.textContent = `picture ${current + 1} of ${pictures.length}: ${pictures[current].title}`;
  }

  // --- a message or an event, with its causal past

  function forget(section) {
    section.querySelector(".told").hidden = true;
    for (const group of all(section, ".drawing g")) group.classList.remove("unrelated", "chosen");
  }

  function tell(section, picture, past, lines, chosen) {
    forget(section);
    const events = new Set(past.events);
    const messages = new Set(past.messages);
    for (const group of all(section, ".drawing [data-event]")) {
      group.classList.toggle("unrelated", !events.has(Number(group.dataset.event)));
    }
    for (const group of all(section, ".drawing [data-message]")) {
      const number = Number(group.dataset.message);
      group.classList.toggle("unrelated", !messages.has(number));
      group.classList.toggle("chosen", number === chosen);
    }
    const box = section.querySelector(".told");
    box.replaceChildren(...lines);
    const rows = past.events.map((event) => picture.events[event].row).sort((a, b) => a - b);
    box.append(made("p", `Causal past: step${rows.length === 1 ? "" : "s"} ${rows.join(", ")}`));
    box.hidden = false;
  }

  function tellMessage(section, picture, number) {
    const message = picture.messages[number];
    const head = document.createElement("div");
    head.append(made("b", message.name), ` from ${message.from}${message.to ? ` to ${message.to}` : ""}`);
    const fields = document.createElement("dl");
    for (const [name, value] of message.fields) fields.append(made("dt", name), made("dd", value));
    tell(section, picture, message, message.fate ? [head, fields, made("div", message.fate)] : [head, fields], number);
  }

  function tellEvent(section, picture, number) {
    const event = picture.events[number];
    const head = made("b", picture.frames[event.row - 1] ? picture.frames[event.row - 1].label : "");
    tell(section, picture, event, [head], -1);
  }

  sections.forEach((section, place) => {
    const picture = pictures[place];
    for (const group of all(section, ".drawing [data-message], .drawing g[data-event]")) {
      const isMessage = "message" in group.dataset;
      const number = Number(isMessage ? group.dataset.message : group.dataset.event);
      const about = () => (isMessage ? tellMessage : tellEvent)(section, picture, number);
      group.addEventListener("mouseenter", about);
      group.addEventListener("mouseleave", () => forget(section));
      if (!isMessage) group.addEventListener("click", () => go(picture.events[number].row));
      if (group.classList.contains("message-name")) continue;
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", isMessage ? "img" : "button");
      const label = isMessage ? picture.messages[number].text : (picture.frames[picture.events[number].row - 1] || {}).label;
      group.setAttribute("aria-label", label || "");
      group.addEventListener("focus", () => {
        about();
        said.textContent = section.querySelector(".told").textContent;
      });
      group.addEventListener("blur", () => forget(section));
    }
    for (const button of all(section, "[data-go]")) {
      button.addEventListener("click", () => {
        const moves = { first: 0, back: steps[place] - 1, forward: steps[place] + 1, last: picture.frames.length };
        go(moves[button.dataset.go]);
      });
    }
    for (const button of all(section, ".steps button")) {
      button.addEventListener("click", () => go(Number(button.dataset.step)));
    }
    section.querySelector("input[type=range]").addEventListener("input", (happened) => go(Number(happened.target.value)));
  });

  // --- the page as a whole

  function changeTheme() {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  }

  document.getElementById("theme").addEventListener("click", changeTheme);
  if (choice) {
    choice.addEventListener("change", () => turn(Number(choice.value)));
    document.getElementById("next").addEventListener("click", () => turn(current + 1));
    document.getElementById("previous").addEventListener("click", () => turn(current - 1));
  }

  document.addEventListener("keydown", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    if (pressed.target instanceof HTMLSelectElement) return;
    const step = steps[current];
    const focused = document.activeElement;
    const keys = {
      ArrowRight: () => go(step + 1), ArrowDown: () => go(step + 1), ArrowLeft: () => go(step - 1),
      ArrowUp: () => go(step - 1), Home: () => go(0), End: () => go(pictures[current].frames.length),
      n: () => turn(current + 1), p: () => turn(current - 1), t: changeTheme, Escape: () => forget(sections[current]),
    };
    if (focused instanceof SVGElement && pressed.key === "Enter" && "event" in focused.dataset) {
      go(pictures[current].events[focused.dataset.event].row);
    } else if (Object.hasOwn(keys, pressed.key)) {
      pressed.preventDefault();
      keys[pressed.key]();
    }
  });

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const number = Number(asked.get("picture") || 1) - 1;
    if (Number.isInteger(number)) current = clamp(number, pictures.length - 1);
    const step = asked.has("step") ? Number(asked.get("step")) : NaN;
    if (Number.isInteger(step)) steps[current] = clamp(step, pictures[current].frames.length);
    if (["light", "dark"].includes(asked.get("theme"))) document.documentElement.dataset.theme = asked.get("theme");
    show(false);
  }

  document.documentElement.classList.add("steps-shown");
  window.addEventListener("hashchange", follow);
  follow();
})();
