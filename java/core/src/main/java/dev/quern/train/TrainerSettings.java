package dev.quern.train;

import dev.quern.data.Sampler;
import dev.quern.internal.UserCode;
import dev.quern.plan.loss.OutputLoss;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A trainer's settings as text. */
final class TrainerSettings {
  private TrainerSettings() {}

  /** Everything that decides a run's result, for comparison on resuming. */
  static Map<String, String> of(TrainerBuilder b) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("batch", Integer.toString(b.batch));
    all.put("optimizer", b.optimizer.toString());
    all.put(
        "schedule",
        UserCode.answer("trainer: text of the schedule", b.schedule::text).orElse("a function"));
    all.put("groups", b.groups.toString());
    all.put("decay_weights_only", Boolean.toString(b.decayWeightsOnly));
    all.put("clip_norm", Double.toString(b.clipNorm));
    all.put("clip_value", Double.toString(b.clipValue));
    all.put("accumulate", Integer.toString(b.accumulate));
    all.put("ema", Double.toString(b.ema));
    all.put("lookahead", String.valueOf(b.lookahead));
    all.put("frozen", b.frozen.toString());
    if (!b.unfrozen.isEmpty()) {
      all.put("unfrozen", b.unfrozen.toString());
    }
    if (b.moveFrozenStatistics) {
      all.put("frozen_statistics", "move");
    }
    all.put(
        "initialize",
        b.initializers.stream()
            .map(r -> "Rule[pattern=" + r.pattern() + ", init=" + text(r.init()) + "]")
            .toList()
            .toString());
    all.put(
        "loss", b.network.outputs().size() == 1 ? text(b.losses().get(0)) : b.losses().toString());
    all.put(
        "normalization",
        b.preprocessing().size() == 1
            ? b.normalizations().values().iterator().next().toString()
            : b.normalizations().toString());
    if (!b.augmentations.isEmpty()) { // absent from checkpoints of before there were any
      all.put(
          "augmentations", b.augmentations.stream().map(TrainerSettings::text).toList().toString());
    }
    if (b.sampler != Sampler.SHUFFLED) {
      all.put("sampler", text(b.sampler));
    }
    if (!b.mixes.isEmpty()) {
      all.put("mix", b.mixes.toString());
    }
    all.put(
        "validation",
        b.validationSources == null
            ? "none"
            : b.validationSources.name() + " " + b.validationSources.size());
    all.put("early_stopping", text(b.earlyStopping));
    if (b.plateau != null) {
      all.put("plateau", b.plateau.toString());
    }
    all.put("precision", b.precision.toString());
    all.put("seed", Long.toString(b.seed));
    return all;
  }

  /** As checkpoints have had it since goals were two. */
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

  /** Of what may be the user's own. */
  private static String text(Object own) {
    return UserCode.description("trainer", own);
  }

  private static String text(OutputLoss of) {
    String loss = OutputLoss.text(of.loss());
    return of.weight() == 1 ? loss : of.weight() + " " + loss;
  }
}
