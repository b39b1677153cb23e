package dev.quern.io.folder;

import java.util.Optional;

/** The data set that an image belongs to: training, validation or test. */
public enum Part {
  TRAIN,
  VALIDATION,
  TEST;

  /**
   * Returns the split for a folder's name or an entry of a label file: train, val, valid,
   * validation, test.
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
