package dev.quern.io.folder;

import java.util.Optional;

/** What a picture of a folder is for. */
public enum Part {
  TRAIN,
  VALIDATION,
  TEST;

  /** By the name of a folder or a word of a list: train, val, valid, validation, test. */
  public static Optional<Part> of(String name) {
    return switch (name) {
      case "train" -> Optional.of(TRAIN);
      case "val", "valid", "validation" -> Optional.of(VALIDATION);
      case "test" -> Optional.of(TEST);
      default -> Optional.empty();
    };
  }
}
