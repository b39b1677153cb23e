package dev.quern.ocr;

import dev.quern.internal.arguments.Require;

/**
 * A line of text that was read in an image.
 *
 * @param text the text
 * @param score the mean probability of the text's characters, in [0, 1] if the recognizer's output
 *     is a softmax
 * @param corners the corners of the line, in pixels of the image and within the image
 */
public record TextLine(String text, double score, Quadrilateral corners) {
  /**
   * Checks the arguments.
   *
   * @throws dev.quern.error.InvalidArgumentException if the text or the corners are null
   */
  public TextLine {
    Require.present("ocr", "text", text);
    Require.present("ocr", "corners", corners);
  }
}
