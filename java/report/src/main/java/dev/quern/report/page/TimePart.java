package dev.quern.report.page;

import dev.quern.report.data.LayerTimeData;
import dev.quern.report.data.StepTimeData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The section of a report with the profile of a training step: one row and one bar per layer. */
final class TimePart {
  private TimePart() {}

  static void put(Html html, @Nullable StepTimeData times) {
    if (times == null) {
      return;
    }
    html.raw("<section id=\"times\"><h2>Time by layer</h2>\n<div class=\"scroll\"><table><thead>");
    html.raw("<tr><th class=\"name\">layer<th class=\"name\">type<th>forward, ms");
    html.raw("<th>backward, ms<th>share<th class=\"name\"></thead><tbody>\n");
    for (LayerTimeData layer : times.layers()) {
      String name = String.join(" + ", names(layer));
      double all = layer.forward() + layer.backward();
      row(html, name, layer.type(), layer.forward(), millis(layer.backward()), all, times);
    }
    row(html, "loss", "", times.loss(), "", times.loss(), times);
    html.put(
        "</tbody></table></div>\n<p class=\"note\">Medians of {} steps of {} samples, measured at"
            + " the end; a step takes {} ms, without loading the samples and the optimizer's"
            + " update. Layers that run as one operation share a row.</p></section>\n",
        times.steps(),
        times.samples(),
        millis(times.seconds()));
  }

  private static List<String> names(LayerTimeData layer) {
    List<String> names = new ArrayList<>(List.of(layer.layer()));
    names.addAll(layer.fused());
    return names;
  }

  private static void row(
      Html html,
      String name,
      String type,
      double forward,
      String backward,
      double all,
      StepTimeData times) {
    double share = times.seconds() > 0 ? all / times.seconds() : Double.NaN;
    double width = share > 0 ? Math.min(1, share) : 0;
    html.put(
        "<tr><td class=\"name\">{}<td class=\"name\">{}<td>{}<td>{}<td>{}"
            + "<td class=\"name\"><meter value=\"{}\"></meter>\n",
        name,
        type,
        millis(forward),
        backward,
        Html.percent(share),
        String.format(Locale.ROOT, "%.4f", width));
  }

  private static String millis(double seconds) {
    return String.format(Locale.ROOT, "%.3f", 1000 * seconds);
  }
}
