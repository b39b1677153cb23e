package dev.quern.report.page;

import dev.quern.report.data.EpochData;
import dev.quern.report.data.NetworkData;
import dev.quern.report.data.OutputData;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Creates the tables of a report. */
final class Tables {
  private Tables() {}

  static void epochs(Html html, List<EpochData> epochs) {
    Set<String> names = new LinkedHashSet<>();
    epochs.forEach(e -> names.addAll(e.validation().keySet()));
    html.raw("<div class=\"scroll\"><table><thead><tr><th>epoch<th>loss<th>accuracy");
    html.raw("<th>learning rate<th>time<th>images/s");
    names.forEach(n -> html.put("<th>validation {}", n.replace('_', ' ')));
    html.raw("</thead><tbody>\n");
    for (EpochData e : epochs) {
      html.put(
          "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
          e.epoch(),
          Html.number(e.loss()),
          Html.number(e.accuracy()),
          Html.number(e.lr()),
          Html.time(e.seconds()),
          Html.number(Math.rint(e.imagesPerSecond())));
      names.forEach(
          n -> html.put("<td>{}", Html.number(e.validation().getOrDefault(n, Double.NaN))));
      html.raw("\n");
    }
    html.raw("</tbody></table></div>\n");
  }

  static void rows(Html html, List<OutputData.Row> rows) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(r -> names.addAll(r.scores().keySet()));
    html.raw("<div class=\"scroll\"><table><thead><tr><th class=\"name\">class<th>samples");
    names.forEach(n -> html.put("<th>{}", n.replace('_', ' ')));
    html.raw("</thead><tbody>\n");
    for (OutputData.Row r : rows) {
      html.put("<tr><td class=\"name\">{}<td>{}", r.name(), Html.number(r.support()));
      names.forEach(n -> html.put("<td>{}", Html.number(r.scores().getOrDefault(n, Double.NaN))));
      html.raw("\n");
    }
    html.raw("</tbody></table></div>\n");
  }

  /**
   * Adds the confusion matrix, with labels as rows and predictions as columns. The larger a cell's
   * fraction of its row, the darker the cell.
   */
  static void confusion(Html html, OutputData o) {
    html.raw("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th class=\"name\">");
    html.raw("label ↓ prediction →");
    o.classes().forEach(c -> html.put("<th scope=\"col\"><span>{}</span>", c));
    html.raw("</thead><tbody>\n");
    for (int label = 0; label < o.classes().size(); label++) {
      List<Long> row = o.confusion().get(label);
      long all = row.stream().mapToLong(Long::longValue).sum();
      html.put("<tr><th scope=\"row\" class=\"name\">{}", o.classes().get(label));
      for (int answer = 0; answer < row.size(); answer++) {
        long n = row.get(answer);
        double share = all == 0 ? 0 : n / (double) all;
        html.put(
            "<td class=\"{}\" style=\"--s:{}\" title=\"{} as {}: {}\">{}",
            (label == answer ? "right" : "wrong") + (share > 0.6 ? " full" : ""),
            Math.round(1000 * share) / 10.0 + "%",
            o.classes().get(label),
            o.classes().get(answer),
            n,
            n == 0 ? "" : n);
      }
      html.raw("\n");
    }
    html.raw("</tbody></table></div>\n");
  }

  static void pairs(Html html, List<OutputData.Pair> pairs) {
    html.raw("<table><thead><tr><th class=\"name\">label<th class=\"name\">prediction<th>samples");
    html.raw("</thead><tbody>\n");
    pairs.forEach(
        p ->
            html.put(
                "<tr><td class=\"name\">{}<td class=\"name\">{}<td>{}\n",
                p.label(),
                p.answer(),
                p.count()));
    html.raw("</tbody></table>\n");
  }

  static void layers(Html html, NetworkData network) {
    html.raw("<div class=\"scroll\"><table><thead><tr><th class=\"name\">layer<th class=\"name\">");
    html.raw("type<th>output<th>parameters<th>multiply-adds</thead><tbody>\n");
    for (NetworkData.LayerData l : network.layers()) {
      html.put(
          "<tr><td class=\"name\">{}<td class=\"name\">{}<td>{}<td>{}<td>{}\n",
          l.name(),
          l.type(),
          l.output(),
          count(l.parameters()),
          count(l.multiplyAdds()));
    }
    html.put(
        "</tbody><tfoot><tr><th class=\"name\">total<th><th><th>{}<th>{}</tfoot></table></div>\n",
        count(network.parameters()),
        count(network.multiplyAdds()));
  }

  private static String count(long n) {
    return n < 0 ? "?" : Html.number(n);
  }

  static void facts(Html html, Map<String, String> facts) {
    html.raw("<div class=\"scroll\"><table class=\"facts\"><tbody>\n");
    facts.forEach(
        (name, text) ->
            html.put(
                "<tr><th class=\"name\" scope=\"row\">{}<td class=\"name\">{}\n",
                name.replace('_', ' '),
                text));
    html.raw("</tbody></table></div>\n");
  }
}
