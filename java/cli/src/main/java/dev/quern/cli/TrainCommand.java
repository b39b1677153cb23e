package dev.quern.cli;

import dev.quern.Engine;
import dev.quern.Evaluation;
import dev.quern.History;
import dev.quern.Network;
import dev.quern.Trainer;
import dev.quern.TrainingListener;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.ShapeException;
import dev.quern.io.Split;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quern train}. */
@Command(
    name = "train",
    description = {
      "Trains a network and saves it.",
      "",
      "Without options: LeNet on the Fashion-MNIST sample that comes with Quern. Training images"
          + " are shuffled by the seed and normalised per channel; the test images are looked at"
          + " once, after the last epoch. The same seed, data and machine give the same weights."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--net",
      paramLabel = "NAME|FILE",
      defaultValue = "lenet",
      converter = NetworkSource.Converter.class,
      description = NetworkSource.HELP + "; default ${DEFAULT-VALUE}.")
  private NetworkSource net;

  @Mixin private DataOptions data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description =
          "Passes over the training images (default: 10 for fashion-mnist-sample and"
              + " cifar10, else 5).")
  private Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      converter = Counts.Positive.class,
      description = "Images a step; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description =
          "Learning rate of the first step, from which it falls to 0 along half a cosine"
              + " (default: 0.01 for cifar10 and mnist, else 0.02).")
  private Float lr;

  @Option(
      names = "--momentum",
      paramLabel = "X",
      defaultValue = "0.9",
      description = "Momentum of SGD; default ${DEFAULT-VALUE}.")
  private float momentum;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides first weights and order of images; default ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private ThreadOptions threads;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Counts.Positive.class,
      description = "Use the first N training images only.")
  private Integer limit;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where model.safetensors and history.csv go (default: runs/NET-DATA); older ones there"
              + " are replaced.")
  private Path out;

  @Override
  public Integer call() {
    DatasetFacts facts = data.facts(DatasetFacts.BUNDLED);
    Sgd sgd =
        BadValueException.check(command, () -> new Sgd(lr == null ? facts.lr() : lr, momentum));
    int passes = epochs == null ? facts.epochs() : epochs;
    threads.apply();
    Dataset train = DataOptions.first(data.load(facts.name(), Split.TRAIN), limit);
    Dataset test = data.load(facts.name(), Split.TEST);
    Network network = net.network(train.shape(), train.classes().size());
    requireFit(network, train);
    requireFit(network, test);
    Normalization normalization = train.normalization();
    try (Trainer trainer =
        Trainer.builder(network)
            .batch(batch)
            .optimizer(sgd)
            .schedule(Schedule.cosine())
            .seed(seed)
            .normalization(normalization)
            .build()) {
      RunFolder run = RunFolder.prepare(out == null ? usualFolder(network, facts) : out);
      head(network, train, test, sgd);
      fit(trainer, train, passes, run);
      Provenance provenance = new Provenance(train, seed, passes, batch, sgd);
      run.save(trainer.modelData(train.classes(), provenance.entries()));
      foot(trainer.evaluate(test), run);
    }
    return Failures.OK;
  }

  /** Before training, not in its first step or after its last. */
  private static void requireFit(Network network, Dataset data) {
    if (!network.input().equals(data.shape())) {
      throw new ShapeException(
          "network "
              + network.name()
              + ": input "
              + network.input()
              + " does not fit the "
              + data.shape()
              + " images of "
              + data.name());
    }
    if (network.output().rank() != 1 || network.output().dim(0) != data.classes().size()) {
      throw new ShapeException(
          "network "
              + network.name()
              + ": output "
              + network.output()
              + " does not fit the "
              + data.classes().size()
              + " classes of "
              + data.name());
    }
  }

  private static Path usualFolder(Network network, DatasetFacts facts) {
    String name = network.name().replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of("runs", name + "-" + facts.name());
  }

  private void head(Network network, Dataset train, Dataset test, Sgd sgd) {
    Engine.Info engine = Engine.info();
    PrintWriter to = command.commandLine().getOut();
    to.printf(
        Locale.ROOT,
        "%s, %,d parameters, on %s: %,d training and %,d test images of %s%n",
        Failures.printable(network.name()),
        network.parameterCount(),
        train.name(),
        train.size(),
        test.size(),
        train.shape());
    to.printf(
        Locale.ROOT,
        "batch %d, lr %s falling to 0, momentum %s, seed %d; %d threads, %s%n",
        batch,
        sgd.lr(),
        sgd.momentum(),
        seed,
        engine.threads(),
        engine.isa());
  }

  private void fit(Trainer trainer, Dataset train, int passes, RunFolder run) {
    PrintWriter to = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    try (TrainingReport report = new TrainingReport(to, err, passes, train.size())) {
      trainer.fit(
          train,
          passes,
          new TrainingListener() {
            @Override
            public void onStep(Step step) {
              report.onStep(step);
            }

            @Override
            public void onEpoch(History.Epoch epoch) {
              run.add(epoch);
              report.onEpoch(epoch);
            }
          });
    }
  }

  private void foot(Evaluation test, RunFolder run) {
    PrintWriter to = command.commandLine().getOut();
    to.println("history " + run.history());
    to.println("model " + run.model());
    to.println("test " + EvalCommand.line(test));
  }
}
