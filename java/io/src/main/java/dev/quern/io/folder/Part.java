package dev.quern.io.folder;

import java.util.Optional;

/** The split to which an image belongs: training, validation or test. */
public enum Part {
  TRAIN,
  VALIDATION,
  TEST;

  /**
   * Returns the split for the name of a folder or an entry in a list: train, val, valid, validation
   * or test; empty for other names.
   */
  public static Optional<Part> of(String name) {
    return switch (name) {
      case "train" -> Optional.of(TRAIN);
      case "val", "valid", "validation" -> Optional.of(VALIDATION);
      case "test" -> Optional.of(TEST);
      default -> Optional.empty();
    };
  }
}
