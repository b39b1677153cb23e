package dev.quern.report.page;

import dev.quern.io.json.Json;
import dev.quern.report.data.EpochData;
import dev.quern.report.data.FindingData;
import dev.quern.report.data.OutputData;
import dev.quern.report.data.RunData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The HTML page of a run's report. */
public final class RunPage {
  private RunPage() {}

  public static String of(RunData run) {
    List<Chart> charts = Charts.of(List.of(run));
    Html html = new Html();
    head(html, run);
    html.raw("<main>\n");
    findings(html, run.findings());
    charts(html, charts, "Curves");
    run.outputs().forEach(o -> OutputPart.put(html, o, run));
    network(html, run);
    TimePart.put(html, run.times());
    ActivationPart.put(html, run.activations());
    if (!run.epochs().isEmpty()) {
      html.raw("<section id=\"epochs\"><h2>Epochs</h2>\n");
      Tables.epochs(html, run.epochs());
      html.raw("</section>\n");
    }
    html.raw("<section id=\"provenance\"><h2>Provenance</h2>\n");
    Tables.facts(html, run.facts());
    html.raw("</section>\n</main>\n");
    foot(html);
    return Page.of(run.title(), false, html.toString(), Json.write(charts), "report.js");
  }

  private static void findings(Html html, List<FindingData> findings) {
    if (findings.isEmpty()) {
      return;
    }
    html.raw("<section id=\"findings\"><h2>Findings</h2>\n<ul>\n");
    findings.forEach(f -> html.put("<li><b>{}</b>: {}</li>\n", f.message(), f.advice()));
    html.raw("</ul></section>\n");
  }

  private static void head(Html html, RunData run) {
    html.put("<header><h1>{}</h1>\n<p class=\"sub\">{}</p>\n", run.title(), sub(run));
    html.raw("<div class=\"cards\">\n");
    cards(run)
        .forEach(
            (name, text) ->
                html.put("<div class=\"card\"><b>{}</b><span>{}</span></div>\n", text, name));
    html.raw("</div></header>\n");
  }

  private static String sub(RunData run) {
    Map<String, String> facts = run.facts();
    StringBuilder text = new StringBuilder("network " + run.network().name());
    for (String name : List.of("data", "batch", "optimizer", "seed", "threads")) {
      if (facts.containsKey(name)) {
        text.append(" · ").append(name).append(' ').append(facts.get(name));
      }
    }
    return text.toString();
  }

  /** Returns the most important metrics, formatted, by name. */
  private static Map<String, String> cards(RunData run) {
    Map<String, String> all = new LinkedHashMap<>();
    for (OutputData o : run.outputs()) {
      String of = run.outputs().size() > 1 ? " of " + o.name() : "";
      o.scores().entrySet().stream()
          .limit(run.outputs().size() > 1 ? 1 : 2)
          .forEach(
              e ->
                  all.put(
                      run.evaluatedOn() + " " + e.getKey().replace('_', ' ') + of,
                      e.getKey().endsWith("accuracy")
                          ? Html.percent(e.getValue())
                          : Html.number(e.getValue())));
    }
    if (!run.epochs().isEmpty()) {
      EpochData last = run.epochs().get(run.epochs().size() - 1);
      last.validation().entrySet().stream()
          .filter(e -> !e.getKey().equals("loss"))
          .limit(1)
          .forEach(e -> all.put("validation " + e.getKey(), Html.number(e.getValue())));
      all.put("training loss", Html.number(last.loss()));
      double seconds = run.epochs().stream().mapToDouble(EpochData::seconds).sum();
      all.put("time of " + run.epochs().size() + " epochs", Html.time(seconds));
      all.put("images/s", Html.number(Math.rint(last.imagesPerSecond())));
    }
    all.put("parameters", Html.number(run.network().parameters()));
    return all;
  }

  static void charts(Html html, List<Chart> charts, String title) {
    if (charts.isEmpty()) {
      return;
    }
    html.put("<section id=\"curves\"><h2>{}</h2>\n<div class=\"charts\">\n", title);
    for (int i = 0; i < charts.size(); i++) {
      html.put(
          "<figure><figcaption>{}</figcaption><div class=\"chart\" data-chart=\"{}\"></div>"
              + "</figure>\n",
          charts.get(i).title(),
          i);
    }
    html.raw("</div>\n<noscript><p>Curves need JavaScript; the figures are in the tables.</p>");
    html.raw("</noscript></section>\n");
  }

  private static void network(Html html, RunData run) {
    html.put("<section id=\"network\"><h2>Network {}</h2>\n", run.network().name());
    if (!run.filters().isEmpty()) {
      html.raw("<h3>Filters of the first layer</h3>\n<div class=\"filters\">\n");
      for (int i = 0; i < run.filters().size(); i++) {
        html.put(
            "<img alt=\"filter {}\" title=\"filter {}\" src=\"data:image/png;base64,{}\">\n",
            i,
            i,
            run.filters().get(i).png());
      }
      html.raw("</div>\n<p class=\"note\">Gray is 0; each filter has its own scale.</p>\n");
    }
    html.raw("<div class=\"columns\"><div><h3>Layers</h3>\n");
    Tables.layers(html, run.network());
    html.raw("</div><div><h3>Drawing</h3>\n<div class=\"scroll tall\">\n");
    Drawing.put(html, run.network());
    html.raw("</div></div></div></section>\n");
  }

  static void foot(Html html) {
    html.raw("<footer>Written by Quern. Curves are drawn by uPlot, © Leon Sorokin, MIT license.");
    html.raw("</footer>\n");
  }
}
