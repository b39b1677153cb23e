// Asks the server for the run's state every two seconds, and shows it. All texts go in as text, never as markup.
(function () {
  const PAUSE = 2000;
  const by = (id) => document.getElementById(id);
  const token = location.hash.slice(1);
  let drawn = [], shape = "", last = null, misses = 0;

  function element(tag, text, parent, name) {
    const e = document.createElement(tag);
    e.textContent = text;
    if (name) e.className = name;
    if (parent) parent.append(e);
    return e;
  }

  function clock(seconds) {
    const s = Math.round(seconds), two = (n) => String(n).padStart(2, "0");
    return (s >= 3600 ? Math.floor(s / 3600) + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
  }

  function cards(d) {
    const all = [];
    if (d.epoch) all.push(["epoch", d.epoch + " / " + d.epochs], ["step", d.step + " / " + d.steps]);
    if (d.loss != null) all.push(["loss", quern.figure(d.loss)]);
    if (d.accuracy != null) all.push(["accuracy", (100 * d.accuracy).toFixed(1) + " %"]);
    if (d.imagesPerSecond) all.push(["images/s", Math.round(d.imagesPerSecond).toLocaleString("en")]);
    if (d.secondsLeft != null) all.push(["time left", d.state === "training" ? clock(d.secondsLeft) : "–"]);
    if (d.lr != null) all.push(["learning rate", quern.figure(d.lr)]);
    by("cards").replaceChildren(...all.map(([name, text]) => {
      const card = element("div", "", null, "card");
      element("b", text, card);
      element("span", name, card);
      return card;
    }));
  }

  function draw(charts, anew) {
    const now = JSON.stringify(charts.map((c) => [c.title, c.curves.map((k) => k.label)]));
    if (!anew && now === shape) {
      charts.forEach((c, i) => { drawn[i].setData(quern.joined(c.curves)); quern.rest(drawn[i]); });
      return;
    }
    shape = now;
    drawn.forEach((u) => u.destroy());
    by("charts").replaceChildren(...charts.map((c) => {
      const f = document.createElement("figure");
      element("figcaption", c.title, f);
      element("div", "", f, "chart");
      return f;
    }));
    const places = document.querySelectorAll("#charts .chart");
    drawn = charts.map((c, i) => quern.chart(places[i], c));
  }

  function answers(all) {
    by("answers-part").hidden = !all.length;
    by("answers").replaceChildren(...all.map((a) => {
      const f = document.createElement("figure");
      if (a.png) {
        const image = document.createElement("img");
        image.alt = "";
        image.src = "data:image/png;base64," + a.png;
        f.append(image);
      }
      const caption = element("figcaption", "", f);
      element("b", a.label, caption);
      caption.append(document.createElement("br"));
      element(a.right ? "b" : "s", a.answer, caption);
      caption.append(" " + (100 * a.probability).toFixed(1) + "\u00a0%");
      return f;
    }));
  }

  function norms(all) {
    by("norms-part").hidden = !all.length;
    const most = Math.max(...all.map((n) => n.norm), 1e-30);
    by("norms").replaceChildren(...all.map((n) => {
      const row = document.createElement("tr");
      element("th", n.name, row, "name");
      element("td", quern.figure(n.norm), row);
      const bar = element("div", "", element("td", "", row, "wide"), "norm");
      bar.style.width = (100 * n.norm / most).toFixed(1) + "%";
      return row;
    }));
  }

  function activity(all) {
    by("activity-part").hidden = !all.length;
    by("activity").replaceChildren(...all.map((a) => {
      const row = document.createElement("tr");
      element("th", a.name, row, "name");
      element("td", quern.figure(a.rms), row);
      element("td", a.dead == null ? "" : (100 * a.dead).toFixed(1) + "\u00a0%", row);
      return row;
    }));
  }

  function show(d) {
    last = d;
    by("state").textContent = d.state === "training" ? "training" : "the run " + ({ waiting: "has not begun", failed: "failed",
      stopped: "was stopped; its checkpoint is kept", early: "ended early", finished: "is finished" }[d.state] || d.state);
    by("bar").style.width = (100 * (d.part || 0)).toFixed(2) + "%";
    by("stop").disabled = !token || d.state !== "training";
    if (!token) by("note").textContent = "The button needs the address that quern train printed.";
    cards(d);
    draw(d.charts, false);
    answers(d.answers);
    norms(d.norms);
    activity(d.activity);
  }

  async function poll() {
    try {
      const answer = await fetch("/data", { cache: "no-store" });
      if (answer.ok) { misses = 0; show(await answer.json()); }
    } catch (e) {
      if (++misses > 1) {
        by("state").textContent = "the run has ended; its folder has the report";
        by("stop").disabled = true;
        if (misses > 30) return;
      }
    }
    setTimeout(poll, PAUSE);
  }

  by("stop").addEventListener("click", async () => {
    const answer = await fetch("/stop", { method: "POST", headers: { "X-Quern-Token": token } });
    by("note").textContent = answer.ok ? "Stopping after this step." : "Refused.";
    by("stop").disabled = answer.ok;
  });
  const anew = () => { if (last) draw(last.charts, true); };
  addEventListener("resize", anew);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
  poll();
})();
