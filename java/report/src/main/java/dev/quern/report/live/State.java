package dev.quern.report.live;

import dev.quern.io.json.Json;
import dev.quern.report.data.NetworkData;
import dev.quern.report.data.RunData;
import dev.quern.report.page.LiveView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that a page asks for, as JSON. Thread-safe. */
public final class State {
  private static final NetworkData NONE = new NetworkData("", List.of(), List.of(), 0, 0);

  private final String title;
  private final Progress progress;
  private final Insight insight;
  private final OtherRuns others;

  public State(String title, Progress progress, Insight insight, OtherRuns others) {
    this.title = title;
    this.progress = progress;
    this.insight = insight;
    this.others = others;
  }

  public String json() {
    insight.asked();
    List<RunData> runs = new ArrayList<>();
    runs.add(
        new RunData(
            RunData.VERSION,
            "this run",
            Map.of(),
            progress.epochs(),
            progress.steps(),
            NONE,
            List.of(),
            "",
            List.of(),
            List.of(),
            null));
    runs.addAll(others.all());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("title", title);
    all.putAll(progress.figures());
    all.put("charts", LiveView.charts(runs));
    all.put("norms", insight.norms());
    all.put("activity", insight.activity());
    all.put("answers", insight.answers());
    return Json.write(all);
  }
}
