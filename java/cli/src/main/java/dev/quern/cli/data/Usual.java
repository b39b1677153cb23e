package dev.quern.cli.data;

/**
 * Default settings of a run.
 *
 * @param optimizer name of the optimizer on the command line
 * @param lr learning rate of that optimizer
 * @param batch batch size
 * @param epochs number of epochs
 */
public record Usual(String optimizer, float lr, int batch, int epochs) {
  /**
   * Defaults for a new network on an image folder. With larger learning rates, networks do not
   * learn from noisy images.
   */
  static final Usual PICTURES = new Usual("adamw", 0.001f, 16, 30);

  /**
   * Defaults for fine-tuning on an image folder: SGD, because AdamW's steps would destroy the
   * trained weights.
   */
  public static final Usual TRANSFER = sgd(20);

  /** Defaults for a new network on a CSV file; such files often have few rows. */
  static final Usual TABLE = new Usual("adamw", 0.003f, 32, 50);

  /** Returns SGD with its default learning rate. */
  static Usual sgd(int epochs) {
    return sgd(0.01f, epochs);
  }

  static Usual sgd(float lr, int epochs) {
    return new Usual("sgd", lr, 64, epochs);
  }

  /**
   * Returns the default learning rate of an optimizer, or of the default optimizer if the user did
   * not choose an optimizer.
   */
  public float lr(String of) {
    if (of.equals(optimizer)) {
      return lr;
    }
    return switch (of) {
      case "sgd" -> 0.01f;
      case "muon" -> 0.02f;
      default -> 0.001f;
    };
  }
}
