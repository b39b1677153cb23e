package dev.quern.cli.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.ConfigFile;
import dev.quern.cli.run.ConfigOptions;
import dev.quern.cli.run.OutOptions;
import dev.quern.cli.run.PathConverter;
import dev.quern.cli.run.RunFolder;
import dev.quern.cli.train.BestOptions;
import dev.quern.cli.train.TrainCommand;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NumericException;
import dev.quern.io.json.Json;
import dev.quern.metric.Goal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code quern search}, which searches hyperparameters. */
@Command(
    name = "search",
    description = {
      "Hyperparameter search: trains with several draws of options and compares them on"
          + " held-out training images.",
      "",
      "Each trial is a run with its config.json in a folder of its own. search.json has"
          + " their metrics, search.html compares them. The test images are not used. The same"
          + " command resumes a stopped search; the same seed draws the same trials."
    })
public final class SearchCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--space",
      paramLabel = "FILE",
      required = true,
      description = {
        "JSON or YAML: options of quern train by name, each with a list of values,"
            + " {\"range\": [A, B]} or {\"log\": [A, B]}; two integers give integers, bounds"
            + " included."
      })
  private Path space;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Options that all trials share, as for quern train (default: nothing).")
  private Path config;

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "12",
      converter = Counts.Positive.class,
      description = "Number of trials; default ${DEFAULT-VALUE}.")
  private int trials;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "random",
      description =
          "random: every trial trains to the end; halving: successive halving, in which only"
              + " the best trials continue after a part of the epochs (arXiv 1502.07943); default"
              + " ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--reduction",
      paramLabel = "N",
      defaultValue = "3",
      converter = Counts.Positive.class,
      description =
          "With halving, one trial in N continues, for N times as many epochs; default"
              + " ${DEFAULT-VALUE}.")
  private int reduction;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the draws; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--validation",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Hold out N of the training images for the comparison, if neither --config nor the"
              + " data has a validation set.")
  private Integer validation;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      converter = BestOptions.Metric.class,
      description =
          "Validation metric that trials are compared by, as for quern train (default:"
              + " accuracy, or loss without one).")
  private Goal metric;

  @Mixin private ThreadOptions threads;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/search",
      description = "Output folder of the trials; default ${DEFAULT-VALUE}.")
  private Path out;

  @Override
  public Integer call() {
    method = method.toLowerCase(Locale.ROOT);
    if (!List.of("random", "halving").contains(method)) {
      throw new BadValueException(
          command, "--method: '" + method + "' is not one of random, halving");
    }
    ConfigFile common = common();
    SearchSpace drawn = SearchSpace.read(space);
    if (method.equals("halving") && drawn.options().containsKey("epochs")) {
      throw new BadValueException(command, "--method halving: epochs cannot be in --space");
    }
    List<ObjectNode> draws = drawn.draw(seed, trials);
    List<Halving.Round> rounds = rounds(draws, common);
    OutOptions.make("search", out);
    Search search = new Search(out, settings(common, drawn), draws);
    boolean again = search.goOn();
    if (!again) {
      requireNoRuns(search.trials());
      search.write();
    }
    threads.apply();
    PrintWriter print = command.commandLine().getOut();
    if (draws.size() < trials) {
      print.println("the search space has only " + draws.size() + " different trials");
    }
    if (again) {
      print.println("resuming with " + search.file());
    }
    boolean done = run(search, common, rounds, print);
    return done ? end(search, print) : Failures.STOPPED;
  }

  /** Checks that the trials' folders contain no runs, since the trials would resume them. */
  private void requireNoRuns(List<SearchTrial> of) {
    for (SearchTrial t : of) {
      Path run = out.resolve(t.folder());
      if (RunFolder.isRun(run)) {
        throw new BadValueException(
            command,
            run + " contains a run, but " + out + " lacks search.json: choose another --out");
      }
    }
  }

  /** Returns the options that all trials share. */
  private ConfigFile common() {
    ConfigFile read =
        config == null
            ? new ConfigFile("search", Json.NODES.objectNode())
            : ConfigFile.read("config", config);
    ObjectNode all = read.options();
    all.remove(List.of("out", "overwrite", "ui", "ui-runs", "tensorboard"));
    if (validation != null) {
      all.put("validation", validation);
    }
    return read;
  }

  /**
   * Returns a trial's parsed command. A command keeps its data sets open, so only one command
   * exists at a time.
   */
  private TrainCommand parsed(ConfigFile common, SearchTrial trial) {
    ObjectNode all = common.options().deepCopy();
    all.setAll(trial.options());
    String where = "search: trial " + trial.number() + ", " + trial.words();
    CommandLine line =
        new CommandLine(new TrainCommand())
            .registerConverter(Path.class, new PathConverter())
            .setErr(command.commandLine().getErr());
    List<String> words = new ConfigFile(where, all).words(line.getCommandSpec(), Set.of());
    return ConfigOptions.parsed(line, where, words).getCommand();
  }

  /**
   * Returns the rounds; first parses the commands of all trials, so that errors in options are
   * found before any trial trains.
   */
  private List<Halving.Round> rounds(List<ObjectNode> draws, ConfigFile common) {
    boolean halving = method.equals("halving");
    if (halving && reduction < 2) {
      throw new BadValueException(command, "--reduction " + reduction + " must be at least 2");
    }
    int epochs = 0;
    for (int i = 0; i < draws.size(); i++) {
      TrainCommand own = parsed(common, SearchTrial.of(i + 1, draws.get(i)));
      int passes = halving ? own.passes() : 0;
      if (i > 0 && passes != epochs) {
        throw new BadValueException(
            command,
            "--method halving: trial 1 has "
                + epochs
                + " epochs and trial "
                + (i + 1)
                + " has "
                + passes
                + ": set epochs in --config");
      }
      epochs = passes;
    }
    if (!halving) {
      return Halving.none(draws.size());
    }
    List<Halving.Round> rounds = Halving.by(reduction, draws.size(), epochs);
    if (rounds.size() < 2) {
      throw new BadValueException(
          command,
          "--method halving needs at least "
              + reduction
              + " trials and as many epochs: there are "
              + draws.size()
              + " and "
              + epochs);
    }
    return rounds;
  }

  /**
   * Returns the settings that determine the trials. The number of trials of a random search is not
   * included, so that the search can be extended later.
   */
  private ObjectNode settings(ConfigFile common, SearchSpace drawn) {
    ObjectNode all = Json.NODES.objectNode();
    all.put("method", method).put("seed", seed);
    if (method.equals("halving")) {
      all.put("trials", trials).put("reduction", reduction);
    }
    if (metric != null) {
      all.put("metric", metric.name());
    }
    all.put("config", common.options().toString());
    return all.put("space", drawn.text());
  }

  /**
   * Runs all rounds.
   *
   * @return false if the process is shutting down
   */
  private boolean run(
      Search search, ConfigFile common, List<Halving.Round> rounds, PrintWriter print) {
    for (Halving.Round round : rounds) {
      search.keep(round.trials());
      List<SearchTrial> open = search.open();
      if (rounds.size() > 1) {
        print.println("training " + open.size() + " trials up to epoch " + round.epochs());
      }
      for (SearchTrial t : open) {
        if (t.epochs() >= round.epochs()) {
          continue;
        }
        String stopped =
            "search stopped in trial "
                + t.number()
                + " of "
                + search.trials().size()
                + "; the same command resumes it";
        Runnable tell =
            () -> {
              print.println(stopped);
              print.flush();
            };
        SearchTrial now = run(t, common, round.epochs(), tell);
        if (now == null) {
          return false;
        }
        search.put(now);
        print.println(SearchTable.line(now));
        print.flush();
      }
    }
    return true;
  }

  /**
   * Runs a trial up to an epoch; an error that the trial's options cause ends the trial, but not
   * the search.
   */
  private SearchTrial run(SearchTrial t, ConfigFile common, int epochs, Runnable stopped) {
    Path folder = out.resolve(t.folder());
    try {
      return new TrialRun(t, parsed(common, t), folder, metric, stopped).to(epochs);
    } catch (NumericException
        | InvalidArgumentException
        | MemoryLimitException
        | ParameterException e) {
      return t.failed(e.getMessage());
    }
  }

  private int end(Search search, PrintWriter print) {
    SearchTable.of(search.ranked()).forEach(print::println);
    Path page = out.resolve("search.html");
    print.println("scores " + search.file());
    if (SearchTable.writePage(page, out, search.ranked())) {
      print.println("comparison " + page);
    }
    SearchTrial best = search.best().orElse(null);
    if (best == null) {
      throw new InvalidArgumentException(
          "search: all trials failed; the first: " + search.trials().get(0).failure());
    }
    print.println(
        String.format(
            Locale.ROOT,
            "best %s: %s; validation %s %.4f",
            out.resolve(best.folder()),
            best.words(),
            best.result().metric(),
            best.result().score()));
    return Failures.OK;
  }
}
