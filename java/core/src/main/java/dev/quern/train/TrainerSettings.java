package dev.quern.train;

import dev.quern.augment.Augmentation;
import dev.quern.augment.Mix;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.InputPreprocessing;
import dev.quern.internal.arguments.UserCode;
import dev.quern.network.Network;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.plan.build.Initializer;
import dev.quern.plan.load.AugmentationRules;
import dev.quern.plan.load.MixRules;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.plan.loss.OutputLosses;
import dev.quern.plan.memory.Freezing;
import dev.quern.plan.memory.Stages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The settings of a {@link TrainerBuilder}, with their defaults. Not thread-safe. */
final class TrainerSettings {
  final Network network;
  int batch = 64;
  Optimizer optimizer = new Sgd(0.01f, 0.9f);
  Schedule schedule = Schedule.constant();
  final List<ParameterGroup> groups = new ArrayList<>();
  boolean decayWeightsOnly;
  double clipNorm = Double.POSITIVE_INFINITY;
  double clipValue = Double.POSITIVE_INFINITY;
  int accumulate = 1;
  boolean recompute;
  double ema;
  Lookahead lookahead;
  final Freezing freezing = new Freezing();
  final OutputLosses losses;

  /**
   * The network whose outputs are the inputs of the losses; null until {@link #complete} is called.
   */
  Logits logits;

  final InputPreprocessing preprocessing;
  List<Augmentation> augmentations = List.of();
  List<Mix> mixes = List.of();
  Sampler sampler = Sampler.SHUFFLED;
  Validation validation = new Validation();
  long seed = 1;
  Precision precision = Precision.DEFAULT;
  long memoryLimit = Long.MAX_VALUE;
  final List<Initializer.Rule> initializers = new ArrayList<>();
  Map<String, float[]> weights = Map.of();

  TrainerSettings(Network network) {
    this.network = network;
    network.requireSizes("trainer");
    losses = new OutputLosses(network);
    preprocessing = new InputPreprocessing(network);
  }

  static double below1(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new InvalidArgumentException("trainer: " + what + " " + value + " is outside [0, 1)");
    }
    return value;
  }

  static double positive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new InvalidArgumentException(
          "trainer: " + what + " " + value + " must be finite and above 0");
    }
    return value;
  }

  static void requireAtLeastOne(String what, long value) {
    if (value < 1) {
      throw new InvalidArgumentException("trainer: " + what + " " + value + " must be at least 1");
    }
  }

  /**
   * Checks the settings against each other and the network, and reads the validation set;
   * afterwards a trainer can be built.
   *
   * @throws InvalidArgumentException if a setting contradicts the others or does not match the
   *     network
   */
  void complete() {
    logits = Logits.of(network, losses.all());
    validation.read(logits, network, losses.all());
    AugmentationRules.require(network, losses.all(), augmentations);
    MixRules.require(network, losses.all(), mixes);
  }

  /** Returns the parameters frozen at each stage, in the network whose outputs are logits. */
  Stages stages() {
    return freezing.stages(logits.network());
  }

  /** Returns all settings that determine a run's result, for comparison on resuming. */
  Map<String, String> text() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("batch", Integer.toString(batch));
    all.put("optimizer", optimizer.toString());
    all.put(
        "schedule",
        UserCode.answer("trainer: text of the schedule", schedule::text).orElse("a function"));
    all.put("groups", groups.toString());
    all.put("decay_weights_only", Boolean.toString(decayWeightsOnly));
    all.put("clip_norm", Double.toString(clipNorm));
    all.put("clip_value", Double.toString(clipValue));
    all.put("accumulate", Integer.toString(accumulate));
    all.put("ema", Double.toString(ema));
    all.put("lookahead", String.valueOf(lookahead));
    freezing.putInto(all);
    all.put(
        "initialize",
        initializers.stream()
            .map(r -> "Rule[pattern=" + r.pattern() + ", init=" + text(r.init()) + "]")
            .toList()
            .toString());
    all.put(
        "loss",
        network.outputs().size() == 1 ? text(losses.all().get(0)) : losses.all().toString());
    Map<String, Normalization> normalizations = preprocessing.normalizations();
    all.put(
        "normalization",
        normalizations.size() == 1
            ? normalizations.values().iterator().next().toString()
            : normalizations.toString());
    if (!augmentations.isEmpty()) { // older checkpoints lack this entry
      all.put(
          "augmentations", augmentations.stream().map(TrainerSettings::text).toList().toString());
    }
    if (sampler != Sampler.SHUFFLED) {
      all.put("sampler", text(sampler));
    }
    if (!mixes.isEmpty()) {
      all.put("mix", mixes.toString());
    }
    all.put(
        "validation",
        validation.data == null ? "none" : validation.data.name() + " " + validation.data.size());
    all.put("early_stopping", text(validation.earlyStopping));
    if (validation.plateau != null) {
      all.put("plateau", validation.plateau.toString());
    }
    all.put("precision", precision.toString());
    all.put("seed", Long.toString(seed));
    return all;
  }

  /** Returns a text for an early stopping rule, in the format of checkpoints. */
  private static String text(EarlyStopping ofOrNull) {
    return ofOrNull == null
        ? "null"
        : "EarlyStopping[metric="
            + ofOrNull.goal().name().toUpperCase(Locale.ROOT)
            + ", patience="
            + ofOrNull.patience()
            + ", minDelta="
            + ofOrNull.minDelta()
            + "]";
  }

  /** Returns the text of a setting, which may be an instance of a custom class. */
  private static String text(Object own) {
    return UserCode.description("trainer", own);
  }

  private static String text(OutputLoss of) {
    String loss = OutputLoss.text(of.loss());
    return of.weight() == 1 ? loss : of.weight() + " " + loss;
  }
}
