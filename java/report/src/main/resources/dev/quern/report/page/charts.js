"use strict";
// What draws curves by uPlot, for reports and live pages.
const quern = (function () {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // one axis for curves whose points lie elsewhere
  function joined(curves) {
    const xs = [...new Set(curves.flatMap((c) => c.x))].sort((a, b) => a - b);
    const at = new Map(xs.map((x, i) => [x, i]));
    return [xs].concat(curves.map((c) => {
      const ys = new Array(xs.length).fill(undefined); // undefined is no gap, null is one
      c.x.forEach((x, i) => { ys[at.get(x)] = c.y[i]; });
      return ys;
    }));
  }

  const figure = (v) => v == null ? "–" : Math.abs(v) >= 1000 ? Math.round(v).toLocaleString("en")
    : String(+v.toPrecision(4));

  function options(chart, width) {
    const soft = css("--soft"), grid = { stroke: css("--grid"), width: 1 }, ticks = { stroke: css("--line"), width: 1 };
    const series = chart.curves.map((c) => {
      const stroke = css("--c" + c.color % 8);
      return { label: c.label, stroke, width: 2, dash: c.dashed ? [6, 4] : undefined, spanGaps: true,
        points: { show: chart.points && c.x.length < 60 || c.x.length === 1, size: chart.log && c.x.length === 1 ? 12 : 6, fill: stroke }, value: (u, v) => figure(v) };
    });
    return {
      width, height: 230, cursor: { drag: { x: true, y: false } },
      scales: { x: { time: false, distr: chart.log ? 3 : 1, range: (u, a, b) => a !== b ? [a, b] : chart.log ? [a / 2, b * 2] : [a - 1, b + 1] } },
      axes: [
        { stroke: soft, grid, ticks, font: "12px system-ui",
          incrs: chart.points ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] : undefined,
          values: chart.log ? (u, vs) => vs.map((v) => v == null ? "" : v < 0.01 || v >= 1000 ? v.toExponential(0) : String(+v.toPrecision(4))) : undefined },
        { stroke: soft, grid, ticks, font: "12px system-ui", size: 64,
          values: (u, vs) => vs.map((v) => v == null ? "" : Math.abs(v) >= 10000 ? v / 1000 + "k" : String(+v.toPrecision(4))) },
      ],
      hooks: { ready: [rest] },
      series: [{ label: chart.axis, value: (u, v) => figure(v) }].concat(series),
    };
  }

  // without a pointer the legend has the last values
  function rest(u) {
    if (u.cursor.idx == null) u.setLegend({ idx: u.data[0].length - 1 });
  }

  // a curve set in a place; the legend has the values under the pointer
  function chart(place, spec) {
    return new uPlot(options(spec, place.clientWidth || 400), joined(spec.curves), place);
  }

  return { css, figure, joined, rest, chart };
})();
