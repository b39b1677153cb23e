package dev.quern.cli.train;

import dev.quern.cli.data.AugmentOptions;
import dev.quern.cli.data.DataOptions;
import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.DatasetFacts;
import dev.quern.cli.data.MixOptions;
import dev.quern.cli.data.PartOptions;
import dev.quern.cli.data.ResizeOptions;
import dev.quern.cli.data.SamplingOptions;
import dev.quern.cli.data.TrainingData;
import dev.quern.cli.data.Usual;
import dev.quern.cli.option.Counts;
import dev.quern.cli.option.FreezeOptions;
import dev.quern.cli.option.NetworkSource;
import dev.quern.cli.option.PrecisionOption;
import dev.quern.cli.option.RecomputeOption;
import dev.quern.cli.option.TaskOption;
import dev.quern.cli.option.ThreadOptions;
import dev.quern.cli.option.TtaOption;
import dev.quern.cli.process.BadValueException;
import dev.quern.cli.process.Interruption;
import dev.quern.cli.run.ConfigOptions;
import dev.quern.cli.run.OutOptions;
import dev.quern.cli.run.PathConverter;
import dev.quern.cli.run.RunFolder;
import dev.quern.cli.run.Runs;
import dev.quern.error.NotFoundException;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.recipe.Recipe;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quern train}, which trains a network and saves it. */
@Command(
    name = "train",
    description = {
      "Trains a network and saves it.",
      "",
      "Without options: LeNet on the Fashion-MNIST sample that is part of Quern. Training"
          + " images are shuffled by the seed and normalized per channel; the test images are"
          + " evaluated once, after the last epoch. The same seed, data and machine give the same"
          + " weights."
    })
public class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--net",
      paramLabel = "NAME|FILE",
      defaultValue = "lenet",
      converter = NetworkSource.Converter.class,
      completionCandidates = NetworkSource.Names.class,
      description = NetworkSource.HELP + "; default ${DEFAULT-VALUE}, or mlp for a CSV file.")
  private NetworkSource net;

  @Mixin private DataOptions data;

  @Mixin private ResizeOptions resize;

  @Mixin private SamplingOptions sampling;

  @Mixin private TaskOption task;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Number of epochs (default: 5 for mnist and fashion-mnist; 20 for an image folder with"
              + " --from, 30 without; 50 for a CSV file; otherwise 10).")
  private Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Batch size (default: 16 for an image folder without --from, 32 for a CSV file, otherwise"
              + " 64).")
  private Integer batch;

  @Mixin private RecipeOption recipe;

  @Mixin private OptimizerOptions optimizer;

  @Mixin private AugmentOptions augment;

  @Mixin private MixOptions mix;

  @Mixin private TtaOption tta;

  @Mixin private PrecisionOption precision;

  @Mixin private RecomputeOption recompute;

  @Mixin private FreezeOptions freeze;

  @Mixin private TransferOptions transfer;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Seed of the initial weights, of the augmentation and of the order of images; default"
              + " ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ThreadOptions threads;

  @Mixin private PartOptions parts;

  @Mixin private OutOptions out;

  @Mixin private ShowOptions show;

  @Mixin private BestOptions best;

  @Mixin private CheckpointOptions checkpoints;

  @Mixin private ConfigOptions config;

  @Mixin private AutoOptions auto;

  @Override
  public Integer call() {
    if (checkpoints.resume() != null) {
      show.requireSense();
      return resume(checkpoints.resume());
    }
    TrainCommand all =
        config.isAsked()
            ? ConfigOptions.parsed(anew(), "config", config.words()).getCommand()
            : chosen();
    all.show.requireSense();
    return all.begin();
  }

  /** Returns this command with the options that are chosen based on the images of a folder. */
  private TrainCommand chosen() {
    List<String> words = auto.completed(data, net(), transfer.model());
    if (words.isEmpty()) {
      return this;
    }
    TrainCommand all = ConfigOptions.parsed(anew(), "train", words).getCommand();
    all.auto.take(auto);
    return all;
  }

  /** Starts a new run with the parsed options. */
  Integer begin() {
    out.requireSense();
    return run(transfer.source(net()), null, null);
  }

  /** Reads the run's own options from its checkpoint and resumes it. */
  private Integer resume(Path given) {
    checkpoints.requireAlone();
    Path folder = Runs.newest(given);
    Checkpoints all = checkpoints.in(folder);
    if (all.isEmpty()) {
      throw new NotFoundException(RunFolder.withoutCheckpoint(folder));
    }
    try (RunFolder files = RunFolder.prepare(folder)) {
      return resume(files, all.latest());
    }
  }

  private Integer resume(RunFolder files, Checkpoint from) {
    List<String> more = new ArrayList<>(threads.words());
    more.addAll(show.live().words());
    if (epochs != null) {
      requireEpochs(Resuming.begun(from));
      more.addAll(List.of("--epochs", epochs.toString()));
    }
    return commandOf(from, more).run(Resuming.network(from), from, files);
  }

  /** Returns the command that wrote a checkpoint, with further options, which take precedence. */
  public TrainCommand commandOf(Checkpoint from, List<String> more) {
    TrainCommand again = Resuming.command(anew(), from, more);
    again.transfer.goOn(from.info());
    return again;
  }

  /** Returns a new command line of the same command, to parse other options. */
  private CommandLine anew() {
    return new CommandLine(fresh())
        .registerConverter(Path.class, new PathConverter())
        .setOut(command.commandLine().getOut())
        .setErr(command.commandLine().getErr());
  }

  /** Returns a new instance of the same command, without options. */
  TrainCommand fresh() {
    return new TrainCommand();
  }

  private void requireEpochs(int begun) {
    if (epochs < begun) {
      throw new BadValueException(
          command, "--epochs " + epochs + " is less than the number of started epochs, " + begun);
    }
  }

  private NetworkSource net() {
    return data.network(net);
  }

  /** Returns the number of epochs to train. */
  public int passes() {
    DataSource source = data.bothSplits(DatasetFacts.BUNDLED);
    return passes(source, recipe.of(net(), source));
  }

  private int passes(DataSource source, Recipe tested) {
    int usual = tested == null ? transfer.usual(source).epochs() : tested.epochs();
    return epochs == null ? usual : epochs;
  }

  /**
   * Loads the data and the network of the run, and prepares the trainer's settings.
   *
   * @param fromOrNull the checkpoint that was passed to {@link #commandOf}; null for a new run
   */
  public Preparation prepare(Checkpoint fromOrNull) {
    return fromOrNull == null
        ? prepare(transfer.source(net()), true)
        : prepare(Resuming.network(fromOrNull), false);
  }

  /** Loads data and network, and prepares the settings of a new run or of a resumed run. */
  private Preparation prepare(NetworkSource description, boolean anew) {
    DataSource source = data.bothSplits(DatasetFacts.BUNDLED);
    Recipe tested = recipe.of(description, source);
    int passes = passes(source, tested);
    Usual usual = transfer.usual(source);
    int size = tested != null ? tested.batch() : batch != null ? batch : usual.batch();
    threads.apply();
    String found = resize.open(source, data, description);
    data.requireClasses(source);
    TrainingData sets = loading().load(source, description, anew);
    TrainerBuilder settings =
        tested == null
            ? settings(source, sets, usual, size)
            : tested.trainer(sets.network(), sets.first(), seed);
    recompute.apply(settings).precision(precision.get());
    BadValueException.check(
        command,
        () -> {
          best.apply(settings, optimizer.schedule());
          return null;
        });
    if (sets.validation() != null) {
      settings.validation(sets.validation());
    }
    Map<String, String> words = new LinkedHashMap<>();
    if (tested != null) {
      words.put("recipe", tested.toString());
      best.putInto(words);
    } else {
      words.putAll(optimizer.words(usual));
      augment.putInto(words);
      mix.putInto(words);
      freeze.putInto(words);
      transfer.putInto(words);
      best.putInto(words);
      data.putInto(words);
      sampling.putInto(words);
    }
    precision.putInto(words);
    return new Preparation(source, tested, passes, size, found, sets, settings, words);
  }

  /**
   * Runs the training; a null checkpoint starts a new run.
   *
   * @param filesOrNull the run's open folder, or null to open it; closed at the end of the run
   */
  private Integer run(NetworkSource description, Checkpoint fromOrNull, RunFolder filesOrNull) {
    Preparation p = prepare(description, fromOrNull == null);
    Findings findings = new Findings(data.testFiles());
    findings.ofSize(p.source(), data.testPart(), p.sets().network());
    try (Trainer trainer = p.settings().build()) {
      best.requireScore(trainer, p.sets().validation());
      return Interruption.guard(
          trainer,
          () -> {
            try (RunFolder files = filesOrNull == null ? out.begin(p.name()) : filesOrNull) {
              TrainingRun run =
                  new TrainingRun(
                      command.commandLine(),
                      trainer,
                      p.sets(),
                      files,
                      checkpointsOf(p.sets(), files),
                      fromOrNull,
                      show,
                      findings,
                      best,
                      p.tested() == null ? tta.views() : Optional.of(p.tested().views()));
              if (p.found() != null) {
                run.say(p.found());
              }
              auto.reasons().forEach(run::say);
              p.sets().network().warnings().forEach(w -> run.say("note: " + w));
              Map<String, String> provenance = p.provenance(trainer, seed);
              if (fromOrNull == null) {
                configure(files, p, provenance);
              }
              run.head(p.head(seed));
              return run.train(p.passes(), provenance);
            }
          });
    }
  }

  /** Closes the files of the data. */
  public void close() {
    data.close();
  }

  /** Returns the value of {@code --out}; null without the option. */
  Path folder() {
    return out.folder();
  }

  public long seed() {
    return seed;
  }

  TrainOutput output() {
    return show.output(command.commandLine());
  }

  /** Writes the configuration of the run to its folder. */
  public void configure(RunFolder files, Preparation p, Map<String, String> provenance) {
    files.configure(config.written(p.resolved(), provenance, recipe::leaves));
  }

  /** Returns the trainer's settings from the options, except the settings of validation. */
  private TrainerBuilder settings(DataSource source, TrainingData sets, Usual usual, int size) {
    TrainerBuilder b = Trainer.builder(sets.network()).batch(size).seed(seed);
    resize.apply(source, b);
    sets.train().inputs().forEach((name, set) -> b.normalization(name, set.normalization()));
    return BadValueException.check(
        command,
        () -> {
          optimizer.apply(b, sets.network(), usual);
          augment.apply(b);
          mix.apply(b);
          freeze.apply(b);
          return transfer.apply(b);
        });
  }

  private DataLoading loading() {
    return new DataLoading(data, task, transfer, parts, sampling, best, optimizer.schedule(), seed);
  }

  /** Returns the checkpoints in a run's folder. */
  public Checkpoints checkpoints(Path folder) {
    return checkpoints.in(folder);
  }

  /** Returns the options that use the validation result. */
  public BestOptions best() {
    return best;
  }

  /** Returns the checkpoints of a run, with the data needed to resume it. */
  public Checkpoints checkpointsOf(TrainingData sets, RunFolder files) {
    Map<String, String> info = Resuming.info(checkpoints.words(), sets);
    transfer.keepIn(info);
    return best.by(checkpoints.in(files.folder()).info(info));
  }
}
