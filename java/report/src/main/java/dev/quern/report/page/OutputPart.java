package dev.quern.report.page;

import dev.quern.report.data.OutputData;
import dev.quern.report.data.PictureData;
import dev.quern.report.data.RunData;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The section of a report about one output. */
final class OutputPart {
  private static final int PLOT = 260;

  private OutputPart() {}

  static void put(Html html, OutputData o, RunData run) {
    html.put(
        "<section><h2>{}</h2>\n<p class=\"note\">{} on {} {} samples.</p>\n",
        run.outputs().size() > 1 ? "Predictions of " + o.name() : "Predictions",
        o.task().replace('_', ' '),
        Html.number(o.samples()),
        run.evaluatedOn());
    html.raw("<div class=\"columns\">");
    if (!o.confusion().isEmpty()) {
      html.raw("<div><h3>Confusion matrix</h3>\n");
      Tables.confusion(html, o);
      html.raw("</div>");
    }
    if (!o.calibration().isEmpty()) {
      html.raw("<div><h3>Calibration</h3>\n");
      calibration(html, o);
      html.raw("</div>");
    }
    html.raw("<div><h3>Metrics</h3><table><tbody>\n");
    o.scores()
        .forEach(
            (name, v) ->
                html.put(
                    "<tr><th class=\"name\" scope=\"row\">{}<td>{}\n",
                    name.replace('_', ' '),
                    Html.number(v)));
    html.raw("</tbody></table></div>");
    if (!o.pairs().isEmpty()) {
      html.raw("<div><h3>Most frequent confusions</h3>\n");
      Tables.pairs(html, o.pairs());
      html.raw("</div>");
    }
    if (!o.rows().isEmpty()) {
      html.put("<div><h3>{}</h3>\n", o.task().equals("regression") ? "By number" : "By class");
      Tables.rows(html, o.rows());
      html.raw("</div>");
    }
    html.raw("</div>\n");
    if (!o.gallery().isEmpty()) {
      gallery(html, o);
    }
    if (!o.mistakes().isEmpty()) {
      mistakes(html, o);
    }
    html.raw("</section>\n");
  }

  private static void gallery(Html html, OutputData o) {
    html.raw("<h3>Samples</h3>\n<div class=\"gallery samples\">\n");
    for (OutputData.Sample s : o.gallery()) {
      html.raw("<figure>");
      picture(html, s.picture());
      html.put("<figcaption>{}<br>", s.label());
      html.put(
          s.label().equals(s.answer()) ? "<b>{}</b> {}" : "<s>{}</s> {}",
          s.answer(),
          share(s.confidence()));
      html.raw("</figcaption></figure>\n");
    }
    html.raw("</div>\n<p class=\"note\">Samples at equal distances in the set: the label, and ");
    html.raw("below it the prediction with its probability, green if it is right.</p>\n");
  }

  private static void mistakes(Html html, OutputData o) {
    html.raw("<h3>Most confident mistakes</h3>\n<div class=\"gallery mistakes\">\n");
    for (OutputData.Sample m : o.mistakes()) {
      html.raw("<figure>");
      picture(html, m.picture());
      html.put(
          "<figcaption><b>{}</b> {}<br><s>{}</s> {}<br><small>sample {}</small></figcaption>"
              + "</figure>\n",
          m.label(),
          share(m.labelProbability()),
          m.answer(),
          share(m.confidence()),
          m.index());
    }
    html.raw("</div>\n<p class=\"note\">The label and the prediction, each with the ");
    html.raw("probability that the network assigned to it.</p>\n");
  }

  private static String share(double p) {
    return String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * p);
  }

  private static void picture(Html html, @Nullable PictureData p) {
    if (p != null) {
      html.put("<img alt=\"\" src=\"data:image/png;base64,{}\">", p.png());
    }
  }

  /**
   * Adds the calibration chart: bars of accuracy by confidence, and a dotted diagonal for perfect
   * calibration.
   */
  private static void calibration(Html html, OutputData o) {
    html.put(
        "<svg class=\"calibration\" role=\"img\" aria-label=\"accuracy by confidence\""
            + " viewBox=\"-46 -10 {} {}\" width=\"{}\" height=\"{}\">\n",
        PLOT + 60,
        PLOT + 56,
        PLOT + 60,
        PLOT + 56);
    for (int tick = 0; tick <= 4; tick++) {
      int at = PLOT * tick / 4;
      html.put("<path class=\"grid\" d=\"M{} 0 V{} M0 {} H{}\"/>", at, PLOT, PLOT - at, PLOT);
      html.put(
          "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
          at,
          PLOT + 16,
          tick * 25);
      html.put(
          "<text class=\"tick\" x=\"-8\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
          PLOT - at + 4,
          tick * 25);
    }
    for (OutputData.Bin b : o.calibration()) {
      double height = PLOT * b.right();
      html.put(
          "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title>"
              + "</rect>\n",
          round(PLOT * b.confidence() - 6),
          round(PLOT - height),
          12,
          round(Math.max(1, height)),
          b.count()
              + " predictions: confidence "
              + share(b.confidence())
              + ", right "
              + share(b.right()));
    }
    html.put("<path class=\"ideal\" d=\"M0 {} L{} 0\"/>\n", PLOT, PLOT);
    html.put(
        "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">confidence, %</text>",
        PLOT / 2, PLOT + 36);
    html.put(
        "<text class=\"tick\" transform=\"translate(-36 {}) rotate(-90)\""
            + " text-anchor=\"middle\">accuracy, %</text></svg>\n",
        PLOT / 2);
    Double error = o.scores().get("calibration_error");
    if (error != null) {
      html.put(
          "<p class=\"note\">Expected calibration error {}: the mean distance of the bars' ends"
              + " from the line, weighted by predictions.</p>\n",
          Html.number(error));
    }
  }

  private static String round(double v) {
    return String.format(Locale.ROOT, "%.1f", v);
  }
}
