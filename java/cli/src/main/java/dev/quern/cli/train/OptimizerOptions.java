package dev.quern.cli.train;

import dev.quern.cli.data.Usual;
import dev.quern.cli.option.Counts;
import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.train.TrainerBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of {@code quern train} for the optimizer. */
final class OptimizerOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "Optimizer: sgd, adam, adamw, rmsprop or muon; with muon, adamw trains all parameters"
              + " except convolution filters (default: adamw for a CSV file and for an image folder"
              + " without --from, otherwise sgd).")
  private String optimizer;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description =
          "Base learning rate, which the schedule scales during training (default: for sgd 0.02"
              + " with fashion-mnist and its sample, otherwise 0.01; for adam and rmsprop 0.001;"
              + " for adamw 0.003 with a CSV file, otherwise 0.001; for muon 0.02).")
  private Float lr;

  @Option(
      names = "--momentum",
      paramLabel = "X",
      description = "Momentum of sgd (default 0.9), muon (default 0.95) or rmsprop (default 0).")
  private Float momentum;

  @Option(names = "--nesterov", description = "Use Nesterov momentum; only for sgd.")
  private boolean nesterov;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Weight decay (default: 0.01 for adamw, 0.1 for muon, otherwise 0).")
  private Float weightDecay;

  @Option(
      names = "--decay-weights-only",
      description = "Do not apply weight decay to biases and normalization layers.")
  private boolean decayWeightsOnly;

  @Option(
      names = "--schedule",
      paramLabel = "FORM",
      defaultValue = "cosine",
      description =
          "Learning rate schedule: constant, cosine, one-cycle, triangular:PEAK, step:EPOCHS,GAMMA,"
              + " multi-step:GAMMA,EPOCH,..., exponential:GAMMA, polynomial:POWER,"
              + " warmup:STEPS,FORM or plateau:FACTOR,PATIENCE,THRESHOLD,MIN_LR; default"
              + " ${DEFAULT-VALUE}. The plateau schedule depends on --metric of the validation"
              + " images.")
  private String schedule;

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "Label smoothing: the fraction of each label that is spread over all classes, for"
              + " single_label outputs; default ${DEFAULT-VALUE}.")
  private float labelSmoothing;

  @Option(names = "--clip", paramLabel = "NORM", description = "Clip gradients to this norm.")
  private Double clip;

  @Option(
      names = "--ema",
      paramLabel = "DECAY",
      description =
          "Keep an exponential moving average (EMA) of the weights with this decay, for example"
              + " 0.999; test and save the averaged weights.")
  private Double ema;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      converter = Counts.Positive.class,
      defaultValue = "1",
      description =
          "Gradient accumulation: update the weights every N steps; default ${DEFAULT-VALUE}.")
  private int accumulate;

  private Optimizer made(Usual usual) {
    Optimizer o = named(usual);
    return weightDecay == null ? o : o.withWeightDecay(weightDecay);
  }

  private Optimizer named(Usual usual) {
    String name = optimizer == null ? usual.optimizer() : optimizer.toLowerCase(Locale.ROOT);
    float rate = lr == null ? usual.lr(name) : lr;
    if (nesterov && !name.equals("sgd")) {
      throw new InvalidArgumentException("--nesterov needs --optimizer sgd");
    }
    if (momentum != null && name.startsWith("adam")) {
      throw new InvalidArgumentException(
          "--momentum is for sgd, muon and rmsprop, not for " + name);
    }
    return switch (name) {
      case "sgd" -> new Sgd(rate, momentum == null ? 0.9f : momentum, 0, nesterov);
      case "adam" -> new Adam(rate);
      case "adamw" -> new AdamW(rate);
      case "rmsprop" -> new RmsProp(rate, momentum == null ? 0 : momentum);
      case "muon" -> new Muon(rate, 0.1f, momentum == null ? 0.95f : momentum, new AdamW());
      default ->
          throw new InvalidArgumentException(
              "--optimizer: '" + name + "' is not one of sgd, adam, adamw, rmsprop, muon");
    };
  }

  /**
   * Applies the options to a trainer.
   *
   * @param usual the default settings
   * @throws InvalidArgumentException if a value is invalid or options contradict each other
   */
  void apply(TrainerBuilder b, Network network, Usual usual) {
    b.optimizer(made(usual)).schedule(parsed()).accumulate(accumulate);
    if (labelSmoothing != 0) {
      smooth(b, network);
    }
    if (decayWeightsOnly) {
      b.decayWeightsOnly();
    }
    if (clip != null) {
      b.clipNorm(clip);
    }
    if (ema != null) {
      b.ema(ema);
    }
  }

  private void smooth(TrainerBuilder b, Network network) {
    network
        .tasks()
        .forEach(
            (output, task) -> {
              if (task.kind() != Task.Kind.SINGLE_LABEL && task.kind() != Task.Kind.PLAIN) {
                throw new InvalidArgumentException(
                    "--label-smoothing requires task single_label; output "
                        + output
                        + " has task "
                        + task.kind().text());
              }
              b.loss(output, smoothed(output, task), task.weight());
            });
  }

  private Schedule parsed() {
    return BestOptions.isPlateau(schedule()) ? Schedule.constant() : Schedule.parse(schedule());
  }

  /** Returns the value of {@code --schedule} in lower case. */
  String schedule() {
    return schedule.toLowerCase(Locale.ROOT);
  }

  /** Returns a task's loss with the label smoothing of the option. */
  private CrossEntropy smoothed(String output, Task task) {
    if (task.trainedBy() instanceof CrossEntropy c) {
      return new CrossEntropy(labelSmoothing, c.classWeights(), c.reduction(), c.ignoreIndex());
    }
    throw new InvalidArgumentException(
        "--label-smoothing requires the loss cross_entropy; output "
            + output
            + " has the loss "
            + task.trainedBy().type());
  }

  /**
   * Returns the settings by name, for the first lines of a run's output and for the model's
   * provenance.
   */
  Map<String, String> words(Usual usual) {
    Optimizer o = made(usual);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("optimizer", o.type());
    all.put("lr", Float.toString(o.lr()));
    all.put("schedule", schedule());
    if (o instanceof Sgd s) {
      all.put("momentum", Float.toString(s.momentum()));
    }
    put(all, "weight_decay", o.weightDecay() == 0 ? null : o.weightDecay());
    put(all, "decay_weights_only", decayWeightsOnly ? true : null);
    put(all, "label_smoothing", labelSmoothing == 0 ? null : labelSmoothing);
    put(all, "clip", clip);
    put(all, "ema", ema);
    put(all, "accumulate", accumulate == 1 ? null : accumulate);
    return all;
  }

  private static void put(Map<String, String> all, String name, Object valueOrNull) {
    if (valueOrNull != null) {
      all.put(name, valueOrNull.toString());
    }
  }
}
