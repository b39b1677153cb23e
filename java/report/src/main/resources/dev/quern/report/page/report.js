// Draws the page's curves, anew when the width or the color scheme changes.
(function () {
  const charts = JSON.parse(document.getElementById("data").textContent);
  const drawn = [];

  function draw() {
    drawn.splice(0).forEach((u) => u.destroy());
    document.querySelectorAll("[data-chart]").forEach((place) => {
      drawn.push(quern.chart(place, charts[+place.dataset.chart]));
    });
    document.querySelectorAll("[data-run]").forEach((e) => { e.style.color = quern.css("--c" + e.dataset.run % 8); });
  }

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) { width = innerWidth; draw(); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
