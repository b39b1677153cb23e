package dev.quern.cli.train;

import dev.quern.cli.data.TableOptions;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.Counts;
import dev.quern.cli.output.JsonText;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.OutOptions;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.Version;
import dev.quern.report.LearningRateReport;
import dev.quern.train.LearningRateCurve;
import dev.quern.train.LearningRateFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code quern lr-find}: a learning-rate range test with the options of {@code quern
 * train}.
 */
@Command(
    name = "lr-find",
    modelTransformer = LrFindCommand.OwnOptions.class,
    description = {
      "Learning rate range test: trains for a few steps while the rate rises, and plots the"
          + " loss.",
      "",
      "The options are those of quern train. The command writes only lr-find.html, the curve, and"
          + " lr-find.json, its figures. The test stops early if the loss diverges. It suggests two"
          + " rates: the one where the smoothed loss falls fastest, and a tenth of the one where it"
          + " is lowest. The last line contains one of them: suggested --lr X. Smith, arXiv"
          + " 1506.01186."
    })
public final class LrFindCommand extends TrainCommand {
  private static final String OPERATION = "lr-find";

  /**
   * Options of {@code quern train} that do not apply to the test; a configuration file may contain
   * them.
   */
  private static final Set<String> OF_RUNS =
      Set.of(
          "--epochs",
          "--lr",
          "--schedule",
          "--recipe",
          "--validation",
          "--patience",
          "--metric",
          "--save",
          "--checkpoint-every",
          "--keep",
          "--resume",
          "--overwrite",
          "--no-report",
          "--tensorboard",
          "--tta",
          LiveOptions.UI,
          LiveOptions.RUNS);

  private static final Set<String> TITLED = Set.of("network", "data", "quern");

  @Spec private CommandSpec command;

  @Option(
      names = "--start-lr",
      paramLabel = "X",
      defaultValue = "1e-7",
      description = "The first rate; default ${DEFAULT-VALUE}.")
  private double start;

  @Option(
      names = "--end-lr",
      paramLabel = "X",
      defaultValue = "10",
      description = "The last rate; default ${DEFAULT-VALUE}.")
  private double end;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "100",
      converter = Counts.Positive.class,
      description = "Updates of the weights; default ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--stop-at",
      paramLabel = "X",
      defaultValue = "4",
      description =
          "Stop when the smoothed loss exceeds its minimum by this factor; default"
              + " ${DEFAULT-VALUE}.")
  private double divergence;

  /** Hides options that do not apply to the test from the help. */
  static final class OwnOptions implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
      for (OptionSpec o : List.copyOf(spec.options())) {
        if (OF_RUNS.contains(o.longestName())) {
          replace(spec, o, OptionSpec.builder(o).hidden(true));
        } else if (o.longestName().equals("--out")) {
          String where =
              "Output folder of lr-find.html and lr-find.json (default: the current folder).";
          replace(spec, o, OptionSpec.builder(o).description(where));
        }
      }
      return spec;
    }

    private static void replace(CommandSpec spec, OptionSpec old, OptionSpec.Builder by) {
      spec.remove(old);
      spec.addOption(by.build());
    }
  }

  @Override
  TrainCommand fresh() {
    return new LrFindCommand();
  }

  @Override
  public Integer call() {
    for (OptionSpec o : command.commandLine().getParseResult().matchedOptions()) {
      if (OF_RUNS.contains(o.longestName())) {
        throw new BadValueException(command, o.longestName() + " applies only to \"quern train\"");
      }
    }
    return super.call();
  }

  @Override
  Integer begin() {
    LearningRateFinder finder =
        BadValueException.check(
            command, () -> new LearningRateFinder(start, end, steps, divergence));
    Preparation p = prepare(null);
    TrainOutput out = output();
    if (p.found() != null) {
      out.say(p.found());
    }
    Map<String, String> facts = facts(p);
    String title = "Learning rates for " + facts.get("network") + " on " + facts.get("data");
    out.say(Failures.printable(title) + ": " + steps + " steps from " + start + " to " + end);
    out.say(
        facts.entrySet().stream()
            .filter(e -> !TITLED.contains(e.getKey()))
            .map(e -> e.getKey().replace('_', ' ') + " " + e.getValue())
            .collect(Collectors.joining(", ")));
    LearningRateCurve curve = finder.find(p.settings(), p.sets().train());
    Map<String, Object> figures = figures(curve, facts);
    write(curve, title, facts, figures, out);
    figures.put("event", "lr-find");
    out.say(answer(curve));
    OptionalDouble lr = suggested(curve);
    out.answer(
        lr.isEmpty()
            ? "no suggestion: the loss never falls"
            : String.format(Locale.ROOT, "suggested --lr %.2g", lr.getAsDouble()),
        figures);
    return Failures.OK;
  }

  private Map<String, String> facts(Preparation p) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("network", p.sets().network().name());
    all.put("data", TrainingData.name(p.sets().train()));
    all.put("images", Integer.toString(p.sets().train().size()));
    all.put("batch", Integer.toString(p.size()));
    all.putAll(p.words());
    all.remove(TableOptions.FEATURES);
    all.remove("lr");
    all.remove("schedule");
    all.put("seed", Long.toString(seed()));
    all.put("quern", Version.TEXT);
    return all;
  }

  private static String answer(LearningRateCurve curve) {
    String end = curve.diverged() ? "; stopped because the loss diverged" : "";
    return curve.points().size() + " steps" + end + "; " + suggestion(curve);
  }

  private static OptionalDouble suggested(LearningRateCurve curve) {
    return curve.steepest().isEmpty() || curve.tenthOfMinimum().isEmpty()
        ? curve.steepest()
        : curve.tenthOfMinimum();
  }

  private static String suggestion(LearningRateCurve curve) {
    OptionalDouble steepest = curve.steepest();
    if (steepest.isEmpty()) {
      return "found no learning rate to suggest";
    }
    String fastest =
        String.format(Locale.ROOT, "%.2g, where the loss falls fastest", steepest.getAsDouble());
    OptionalDouble tenth = curve.tenthOfMinimum();
    return tenth.isEmpty()
        ? "lr " + fastest + "; the minimum of the loss lies beyond --end-lr"
        : String.format(
            Locale.ROOT,
            "lr %.2g, a tenth of the rate with the lowest loss, or %s",
            tenth.getAsDouble(),
            fastest);
  }

  private void write(
      LearningRateCurve curve,
      String title,
      Map<String, String> facts,
      Map<String, Object> figures,
      TrainOutput out) {
    Path folder = folder() == null ? Path.of("") : folder();
    Path page = folder.resolve("lr-find.html");
    Path json = folder.resolve("lr-find.json");
    OutOptions.make(OPERATION, folder);
    LearningRateReport.write(page, title, facts, curve);
    byte[] text = (JsonText.of(figures) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(OPERATION, json, to -> to.write(text));
    out.say("curve " + page);
    out.say("figures " + json);
  }

  private static Map<String, Object> figures(LearningRateCurve curve, Map<String, String> facts) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("suggested", value(suggested(curve)));
    all.put("tenth_of_minimum", value(curve.tenthOfMinimum()));
    all.put("steepest", value(curve.steepest()));
    all.put("diverged", curve.diverged());
    all.put("points", curve.points().stream().map(LrFindCommand::json).toList());
    all.put("settings", facts);
    return all;
  }

  private static Map<String, Object> json(LearningRateCurve.Point p) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("lr", p.lr());
    all.put("loss", p.loss());
    all.put("smoothed", p.smoothed());
    return all;
  }

  private static Double value(OptionalDouble of) {
    return of.isEmpty() ? null : (Double) of.getAsDouble();
  }
}
