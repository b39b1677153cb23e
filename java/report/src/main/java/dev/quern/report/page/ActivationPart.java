package dev.quern.report.page;

import dev.quern.report.data.ActivationData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The section of a report with the activation statistics of layers after the first and the last
 * recorded epoch.
 */
final class ActivationPart {
  private ActivationPart() {}

  static void put(Html html, List<ActivationData> all) {
    if (all.isEmpty()) {
      return;
    }
    int first = all.get(0).epoch();
    int last = all.get(all.size() - 1).epoch();
    Map<String, ActivationData> begun = at(all, first);
    html.raw("<section id=\"activations\"><h2>Activations</h2>\n<div class=\"scroll\"><table>");
    html.raw("<thead><tr><th class=\"name\">layer<th class=\"name\">type");
    for (String what : List.of("size", "dead")) {
      if (first < last) {
        html.put("<th>{}, epoch {}", what, first);
      }
      html.put("<th>{}, epoch {}", what, last);
    }
    html.raw("</thead><tbody>\n");
    at(all, last)
        .forEach(
            (layer, now) -> {
              ActivationData before = first < last ? begun.getOrDefault(layer, now) : null;
              html.put("<tr><td class=\"name\">{}<td class=\"name\">{}", layer, now.type());
              if (before != null) {
                html.put("<td>{}", Html.number(before.rms()));
              }
              html.put("<td>{}", Html.number(now.rms()));
              if (before != null) {
                html.put("<td>{}", Html.percent(before.dead()));
              }
              html.put("<td>{}\n", Html.percent(now.dead()));
            });
    html.raw("</tbody></table></div>\n<p class=\"note\">Size is the root mean square of a ");
    html.raw(
        "layer's values. A unit of a ReLU, which is a channel or a feature, is dead if it is 0 for"
            + " all of the up to 32 ");
    html.raw("samples.</p></section>\n");
  }

  private static Map<String, ActivationData> at(List<ActivationData> all, int epoch) {
    Map<String, ActivationData> found = new LinkedHashMap<>();
    all.stream().filter(a -> a.epoch() == epoch).forEach(a -> found.put(a.layer(), a));
    return found;
  }
}
