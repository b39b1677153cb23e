package dev.quern.ocr;

import dev.quern.internal.arguments.Require;

/**
 * A text that {@link CtcDecoder} decoded.
 *
 * @param text the text; may be empty
 * @param score the mean score of the text's characters; 0 if the text is empty
 */
public record CtcText(String text, double score) {
  /**
   * Checks the arguments.
   *
   * @throws dev.quern.error.InvalidArgumentException if the text is null
   */
  public CtcText {
    Require.present("ctc", "text", text);
  }
}
