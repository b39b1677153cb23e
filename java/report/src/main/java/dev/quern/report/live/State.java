package dev.quern.report.live;

import dev.quern.io.json.Json;
import dev.quern.report.data.RunData;
import dev.quern.report.page.LiveView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Assembles the data of a live page as JSON. Thread-safe. */
public final class State {
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
    runs.add(RunData.ofEpochs("this run", progress.epochs(), progress.steps()));
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
