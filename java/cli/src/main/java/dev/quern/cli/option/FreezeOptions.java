package dev.quern.cli.option;

import dev.quern.train.TrainerBuilder;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options for freezing parameters, for commands that train. */
public final class FreezeOptions {
  /** Value of {@code --freeze} that freezes all parameters except those of the head. */
  private static final String BODY = "body";

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Freeze the parameters whose names match, for example 'stem.*,stage1.*'; * matches any"
              + " characters. The value \"body\" freezes all parameters except those of the last"
              + " linear layer or convolution. The backward pass skips the layers before the first"
              + " trained layer. Frozen batch normalization keeps its running statistics.")
  private List<String> patterns = List.of();

  @Option(
      names = "--move-frozen-statistics",
      description =
          "Let frozen batch normalization update its running statistics, as PyTorch does.")
  private boolean moveStatistics;

  /** Creates the options with their defaults; picocli sets their values. */
  public FreezeOptions() {}

  public TrainerBuilder apply(TrainerBuilder b) {
    if (patterns.contains(BODY)) {
      b.freezeBody();
    }
    b.freeze(patterns.stream().filter(p -> !p.equals(BODY)).toArray(String[]::new));
    return moveStatistics ? b.moveFrozenStatistics() : b;
  }

  /** Adds the options to a run's settings, as text by name. */
  public void putInto(Map<String, String> words) {
    if (!patterns.isEmpty()) {
      words.put("freeze", String.join(",", patterns));
    }
    if (moveStatistics) {
      words.put("move_frozen_statistics", "true");
    }
  }
}
