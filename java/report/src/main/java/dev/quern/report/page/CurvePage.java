package dev.quern.report.page;

import dev.quern.io.json.Json;
import dev.quern.train.LearningRateCurve;
import dev.quern.train.LearningRateCurve.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The HTML page of a learning-rate range test. */
public final class CurvePage {
  private CurvePage() {}

  public static String of(String title, Map<String, String> facts, LearningRateCurve curve) {
    Html html = new Html();
    html.put("<header><h1>{}</h1>\n<p class=\"sub\">{}</p>\n", title, sub(curve));
    html.raw("<div class=\"cards\">\n");
    card(html, "learning rate where the loss falls fastest", curve.steepest());
    card(html, "a tenth of the rate with the lowest loss", curve.tenthOfMinimum());
    html.raw("</div></header>\n<main>\n");
    List<Chart> charts = List.of(chart(curve));
    RunPage.charts(html, charts, "Range test");
    html.raw("<p class=\"note\">Each step trains with a higher rate than the one before it.</p>\n");
    html.raw("<section id=\"provenance\"><h2>Provenance</h2>\n");
    Tables.facts(html, facts);
    html.raw("</section>\n</main>\n");
    RunPage.foot(html);
    return Page.of(title, false, html.toString(), Json.write(charts), "report.js");
  }

  private static String sub(LearningRateCurve curve) {
    List<Point> points = curve.points();
    return points.size()
        + " steps from "
        + Html.number(points.get(0).lr())
        + " to "
        + Html.number(points.get(points.size() - 1).lr())
        + (curve.diverged() ? ", stopped because the loss diverged" : "");
  }

  private static void card(Html html, String name, OptionalDouble value) {
    html.put(
        "<div class=\"card\"><b>{}</b><span>{}</span></div>\n",
        Html.number(value.orElse(Double.NaN)),
        name);
  }

  private static Chart chart(LearningRateCurve curve) {
    List<Double> x = curve.points().stream().map(Point::lr).toList();
    List<Double> smoothed = curve.points().stream().map(Point::smoothed).toList();
    Chart chart = Chart.logarithmic("Loss by learning rate", "learning rate");
    chart.add("loss", 0, true, x, curve.points().stream().map(Point::loss).toList());
    chart.add("smoothed", 1, false, x, smoothed);
    mark(chart, "steepest", 2, curve.steepest(), curve);
    mark(chart, "a tenth of the lowest", 3, curve.tenthOfMinimum(), curve);
    return chart;
  }

  /**
   * Marks the point of the smoothed curve at the first measured learning rate that is at least
   * {@code lr}.
   */
  private static void mark(
      Chart chart, String label, int color, OptionalDouble lr, LearningRateCurve curve) {
    List<Double> at = new ArrayList<>();
    for (Point p : curve.points()) {
      if (lr.isPresent() && p.lr() >= lr.getAsDouble()) {
        at.add(p.smoothed());
        break;
      }
    }
    if (!at.isEmpty()) {
      chart.add(label, color, false, List.of(lr.getAsDouble()), at);
    }
  }
}
