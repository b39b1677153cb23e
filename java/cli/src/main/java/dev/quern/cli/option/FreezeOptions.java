package dev.quern.cli.option;

import dev.quern.train.TrainerBuilder;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of commands that train which say what stays as it is. */
public final class FreezeOptions {
  /** All but the head. */
  private static final String BODY = "body";

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Keep the parameters of these names as they are, * standing for any run of characters:"
              + " 'stem.*,stage1.*'; body: all but those of the last linear layer or convolution."
              + " Frozen layers before the first trained one have no backward pass; frozen batch"
              + " normalization keeps its statistics.")
  private List<String> patterns = List.of();

  @Option(
      names = "--move-frozen-statistics",
      description = "Frozen batch normalisation moves its statistics, as PyTorch's does.")
  private boolean moveStatistics;

  /** For picocli, which fills the options in. */
  public FreezeOptions() {}

  public TrainerBuilder apply(TrainerBuilder b) {
    if (patterns.contains(BODY)) {
      b.freezeBody();
    }
    b.freeze(patterns.stream().filter(p -> !p.equals(BODY)).toArray(String[]::new));
    return moveStatistics ? b.moveFrozenStatistics() : b;
  }

  /** Adds them to a run's settings. */
  public void putInto(Map<String, String> words) {
    if (!patterns.isEmpty()) {
      words.put("freeze", String.join(",", patterns));
    }
    if (moveStatistics) {
      words.put("move_frozen_statistics", "true");
    }
  }
}
