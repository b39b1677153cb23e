package dev.quern.report.page;

import dev.quern.report.data.RunData;
import java.util.List;

/** The HTML page of a run in progress. A script in the page fills the page with content. */
public final class LiveView {
  private LiveView() {}

  public static String of(String title) {
    Html html = new Html();
    html.put("<header><h1>{}</h1>\n<p class=\"sub\" id=\"state\">waiting</p>\n", title);
    html.raw("<div class=\"progress\"><div id=\"bar\"></div></div>\n");
    html.raw("<div class=\"cards\" id=\"cards\"></div>\n");
    html.raw("<p><button id=\"stop\" disabled>Stop and keep a checkpoint</button> ");
    html.raw("<span class=\"note\" id=\"note\"></span></p></header>\n<main>\n");
    html.raw("<section><h2>Curves</h2>\n<div class=\"charts\" id=\"charts\"></div></section>\n");
    html.raw("<section id=\"answers-part\" hidden><h2>Predictions for samples</h2>\n");
    html.raw("<div class=\"gallery\" id=\"answers\"></div>\n");
    html.raw(
        "<p class=\"note\">After the last epoch that a page watched: label, prediction and its ");
    html.raw("probability.</p></section>\n");
    html.raw("<section id=\"norms-part\" hidden><h2>Gradient norms</h2>\n<div class=\"scroll\">");
    html.raw("<table><tbody id=\"norms\"></tbody></table></div></section>\n");
    html.raw("<section id=\"activity-part\" hidden><h2>Activations</h2>\n<div class=\"scroll\">");
    html.raw("<table><thead><tr><th class=\"name\">layer<th>size<th>dead units</thead>");
    html.raw("<tbody id=\"activity\"></tbody></table></div></section>\n</main>\n");
    html.raw("<noscript><p>This page needs JavaScript.</p></noscript>\n");
    RunPage.foot(html);
    return Page.of(title, true, html.toString(), "[]", "live.js");
  }

  /** Returns the charts of the current run and other runs, for conversion to JSON. */
  public static Object charts(List<RunData> runs) {
    return Charts.of(runs);
  }
}
