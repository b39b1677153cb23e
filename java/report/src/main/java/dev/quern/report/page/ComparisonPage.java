package dev.quern.report.page;

import dev.quern.io.json.Json;
import dev.quern.report.data.RunData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The HTML page that compares several runs. */
public final class ComparisonPage {
  private ComparisonPage() {}

  /**
   * Returns the HTML page.
   *
   * @param runs the runs, with distinct titles
   */
  public static String of(List<RunData> runs) {
    List<Chart> charts = Charts.of(runs);
    Html html = new Html();
    html.put("<header><h1>{} runs</h1>\n<p class=\"sub\">", runs.size());
    for (int i = 0; i < runs.size(); i++) {
      html.put("<span class=\"run\" data-run=\"{}\">{}</span> ", i, runs.get(i).title());
    }
    html.raw("</p></header>\n<main>\n");
    html.raw("<section><h2>Figures</h2>\n");
    table(html, runs, figures(runs), true);
    html.raw("</section>\n");
    RunPage.charts(html, charts, "Curves");
    html.raw("<section><h2>Differences</h2>\n");
    Map<String, List<String>> facts = differing(runs);
    if (facts.isEmpty()) {
      html.raw("<p class=\"note\">Options, data and machine are the same.</p>\n");
    } else {
      table(html, runs, facts, false);
    }
    html.raw("</section>\n</main>\n");
    RunPage.foot(html);
    return Page.of(runs.size() + " runs", false, html.toString(), Json.write(charts), "report.js");
  }

  private static Map<String, List<String>> figures(List<RunData> runs) {
    List<Map<String, Double>> all = runs.stream().map(RunData::figures).toList();
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String name : names(all)) {
      rows.put(name, all.stream().map(m -> Html.number(m.getOrDefault(name, Double.NaN))).toList());
    }
    return rows;
  }

  private static Map<String, List<String>> differing(List<RunData> runs) {
    List<Map<String, String>> all = new ArrayList<>();
    for (RunData run : runs) {
      Map<String, String> facts = new LinkedHashMap<>(run.facts());
      facts.put("network", run.network().name());
      facts.put("parameters", Long.toString(run.network().parameters()));
      all.add(facts);
    }
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String name : names(all)) {
      List<String> cells = all.stream().map(m -> m.getOrDefault(name, "–")).toList();
      if (Set.copyOf(cells).size() > 1) {
        rows.put(name, cells);
      }
    }
    return rows;
  }

  private static Set<String> names(List<? extends Map<String, ?>> all) {
    Set<String> names = new LinkedHashSet<>();
    all.forEach(m -> names.addAll(m.keySet()));
    return names;
  }

  private static void table(
      Html html, List<RunData> runs, Map<String, List<String>> rows, boolean numbers) {
    String kind = numbers ? "" : "name";
    html.put("<div class=\"scroll\"><table class=\"{}\">", numbers ? "" : "facts beside");
    html.raw("<thead><tr><th class=\"name\">");
    runs.forEach(r -> html.put("<th class=\"{}\">{}", kind, r.title()));
    html.raw("</thead><tbody>\n");
    rows.forEach(
        (name, cells) -> {
          html.put("<tr><th class=\"name\" scope=\"row\">{}", name.replace('_', ' '));
          cells.forEach(c -> html.put("<td class=\"{}\">{}", kind, c));
          html.raw("\n");
        });
    html.raw("</tbody></table></div>\n");
  }
}
