package dev.quern.cli.train;

import dev.quern.cli.option.Counts;
import dev.quern.cli.process.BadValueException;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.Checkpoints;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.optim.Schedule;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.train.EarlyStopping;
import dev.quern.train.History;
import dev.quern.train.ReduceOnPlateau;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Options of {@code quern train} that use the validation result of each epoch. */
public final class BestOptions {
  /**
   * Value or prefix of {@code --schedule} that reduces the learning rate on plateaus of the
   * validation metric.
   */
  private static final String PLATEAU = "plateau";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--patience",
      paramLabel = "EPOCHS",
      converter = Counts.Positive.class,
      description =
          "Early stopping: stop when --metric on the --validation images has not improved for this"
              + " many epochs.")
  private Integer patience;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "loss",
      converter = Metric.class,
      description =
          "Metric for --patience, --schedule plateau and the best checkpoint: loss, accuracy,"
              + " f1_macro, auc_macro, mean_iou, mae, psnr, or another metric that \"quern eval\""
              + " prints; default ${DEFAULT-VALUE}.")
  private Goal metric;

  @Option(
      names = "--save",
      paramLabel = "best|last",
      defaultValue = "last",
      converter = Saved.class,
      description =
          "Save and test the weights of the epoch with the best --metric (best) or of the last"
              + " epoch (last); default ${DEFAULT-VALUE}.")
  private String save;

  /** Converter of the value of {@code --metric}. */
  public static final class Metric implements ITypeConverter<Goal> {
    @Override
    public Goal convert(String value) {
      try {
        return Goal.of(value);
      } catch (InvalidArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Converter of the value of {@code --save}. */
  static final class Saved implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      String which = value.toLowerCase(Locale.ROOT);
      if (!List.of("best", "last").contains(which)) {
        throw new TypeConversionException("'" + value + "' is neither best nor last");
      }
      return which;
    }
  }

  /** Creates the options with their defaults; picocli sets their values. */
  BestOptions() {}

  /** Returns whether a value of {@code --schedule} reduces the learning rate on plateaus. */
  static boolean isPlateau(String form) {
    return form.equals(PLATEAU) || form.startsWith(PLATEAU + ":");
  }

  /**
   * Applies the options to a trainer's settings.
   *
   * @param form the value of {@code --schedule}
   * @throws InvalidArgumentException if a number is out of range
   */
  void apply(TrainerBuilder b, String form) {
    if (patience != null) {
      b.earlyStopping(new EarlyStopping(metric, patience, 0));
    }
    if (isPlateau(form)) {
      b.schedule(Schedule.constant()).reduceOnPlateau(plateau(form));
    }
  }

  /**
   * Parses {@code plateau:FACTOR,PATIENCE,THRESHOLD,MIN_LR}; missing values get PyTorch's defaults.
   */
  private ReduceOnPlateau plateau(String form) {
    String[] parts = form.equals(PLATEAU) ? new String[0] : form.substring(8).split(",", -1);
    try {
      if (parts.length <= 4) {
        return new ReduceOnPlateau(
            metric,
            parts.length > 0 ? Double.parseDouble(parts[0]) : 0.1,
            parts.length > 1 ? Integer.parseInt(parts[1]) : 10,
            parts.length > 2 ? Double.parseDouble(parts[2]) : 1e-4,
            parts.length > 3 ? Double.parseDouble(parts[3]) : 0,
            0);
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new BadValueException(
        command, "--schedule: '" + form + "' is not plateau:FACTOR,PATIENCE,THRESHOLD,MIN_LR");
  }

  /**
   * Checks that a validation set exists if an option needs it.
   *
   * @param given whether a validation set exists
   * @param form the value of {@code --schedule}
   * @throws BadValueException if there is no validation set, but an option needs it
   */
  void requireValidation(boolean given, String form) {
    String asks =
        patience != null
            ? "--patience"
            : isPlateau(form)
                ? "--schedule plateau"
                : !metric.equals(Goal.LOSS)
                    ? "--metric"
                    : "best".equals(save) ? "--save best" : null;
    if (!given && asks != null) {
      throw new BadValueException(command, asks + " needs --validation");
    }
  }

  /**
   * Checks before training that validation computes the metric of the options.
   *
   * @param validationOrNull the data set that is evaluated after each epoch
   */
  public void requireScore(Trainer trainer, MultiDataset validationOrNull) {
    if (validationOrNull != null) {
      BadValueException.check(
          command,
          () -> {
            requireScore(trainer, metric);
            return null;
          });
    }
  }

  /**
   * Checks that a network has a metric with this name. The metric is not computed, since the loss
   * may ignore the labels of all validation samples.
   *
   * @throws InvalidArgumentException if the network does not have this metric
   */
  public static void requireScore(Trainer trainer, Goal goal) {
    Network network = trainer.network();
    LossRules.requireGoal("--metric", goal, network, OutputLoss.of(network));
  }

  /** Returns the checkpoints; the option's metric determines which checkpoint is the best. */
  Checkpoints by(Checkpoints all) {
    return all.by(metric);
  }

  /**
   * Restores the best epoch's weights if the options request it.
   *
   * @return a line that reports the best epoch; empty if the last epoch's weights are kept
   */
  public Optional<String> restore(Trainer trainer, Checkpoints all) {
    if (!isBestSaved()) {
      return Optional.empty();
    }
    TrainingState best = all.readBest().state();
    trainer.restore(best);
    List<History.Epoch> done = best.progress().fit().done();
    Evaluation v = done.get(done.size() - 1).validation().orElseThrow();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "best epoch %d, validation %s %.4f",
            done.get(done.size() - 1).epoch(),
            metric.name(),
            metric.value(v)));
  }

  /** Returns whether the best epoch's weights are saved. */
  public boolean isBestSaved() {
    return "best".equals(save);
  }

  /** Adds the options to a run's settings, as text by name. */
  void putInto(Map<String, String> words) {
    if (patience != null) {
      words.put("patience", patience.toString());
    }
    if (!metric.equals(Goal.LOSS)) {
      words.put("metric", metric.name());
    }
    if (isBestSaved()) {
      words.put("save", save);
    }
  }
}
