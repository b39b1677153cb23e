package dev.quern.ocr;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Greedy decoding of the outputs of a network that was trained with CTC loss (connectionist
 * temporal classification, Graves et al. 2006). At each step, the class with the highest score is
 * taken; of equal scores, the first class. Consecutive equal classes count once, and class 0, the
 * blank, separates equal characters and is omitted. Class {@code i} is the character at index
 * {@code i - 1} of the list. Immutable and thread-safe.
 *
 * <pre>{@code
 * CtcDecoder decoder = CtcDecoder.of(List.of("a", "b"));
 * CtcText text = decoder.decode(new float[] {0, 1, 0, 0, 0, 1}, 2); // "ab", score 1
 * }</pre>
 */
public final class CtcDecoder {
  /** Maximum size of a dictionary; the largest of PaddleOCR has 75 kB. */
  private static final int MOST_BYTES = 16 << 20;

  private static final String SPACE = " ";

  private final List<String> characters;

  private CtcDecoder(List<String> characters) {
    this.characters = characters;
  }

  /**
   * Creates a decoder.
   *
   * @param characters the character of each class from 1 on; usually one character each, but any
   *     strings are allowed
   * @throws InvalidArgumentException if the list is empty, or contains null
   */
  public static CtcDecoder of(List<String> characters) {
    List<String> own = Require.all("ctc", "characters", characters);
    if (own.isEmpty()) {
      throw new InvalidArgumentException("ctc: the list of characters is empty");
    }
    return new CtcDecoder(own);
  }

  /**
   * Reads a dictionary: a text file in UTF-8 with the character of each class on a line of its own,
   * such as PaddleOCR's {@code ppocr_keys_v1.txt}. A class without a character has an empty line.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws FormatException if the file has no characters, is not in UTF-8, or is larger than 16
   *     MiB
   */
  public static CtcDecoder read(Path dictionary) {
    Require.present("ctc", "dictionary", dictionary);
    String text = RegularFile.readText("ctc", dictionary, MOST_BYTES);
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (!lines.isEmpty()) {
      // written by some editors to mark UTF-8
      lines.set(0, lines.get(0).replaceFirst("^\uFEFF", ""));
    }
    if (lines.stream().allMatch(String::isEmpty)) {
      throw new FormatException(
          "ctc: dictionary " + dictionary + " is empty, expected one character per line");
    }
    return of(lines);
  }

  /**
   * Returns a copy with a space as the last class. PaddleOCR adds this class to the dictionary if
   * the recognizer was trained with {@code use_space_char}.
   */
  public CtcDecoder withSpace() {
    List<String> all = new ArrayList<>(characters);
    all.add(SPACE);
    return new CtcDecoder(List.copyOf(all));
  }

  /** Returns the number of classes, which includes the blank. */
  public int classes() {
    return characters.size() + 1;
  }

  /** Returns the character of each class from 1 on. */
  public List<String> characters() {
    return characters;
  }

  /**
   * Decodes the scores of one line.
   *
   * @param scores a probability or other score for each step and each of {@link #classes()}, step
   *     by step; a NaN is never the highest score, and a step with only NaN is a blank
   * @param steps the number of steps
   * @throws ShapeException if the number of scores is not {@code steps} times {@code classes()}
   */
  public CtcText decode(float[] scores, int steps) {
    int given = Require.present("ctc", "scores", scores).length;
    if (steps < 0 || given != (long) steps * classes()) {
      throw new ShapeException(
          "ctc: " + given + " scores are not " + steps + " steps of " + classes() + " classes");
    }
    return decode(scores, 0, steps);
  }

  /**
   * Decodes the scores of a batch of lines.
   *
   * @param scores {@code [N, steps, classes]}
   * @return the N texts
   * @throws ShapeException if the tensor has another shape
   */
  public List<CtcText> decode(Tensor scores) {
    Require.present("ctc", "scores", scores);
    if (scores.shape().rank() != 3 || scores.shape().dim(2) != classes()) {
      throw new ShapeException(
          "ctc: scores have shape " + scores.shape() + ", expected Nx?x" + classes());
    }
    float[] values = scores.toArray();
    int steps = (int) scores.shape().dim(1);
    List<CtcText> all = new ArrayList<>();
    for (int i = 0; i < scores.shape().dim(0); i++) {
      all.add(decode(values, i * steps * classes(), steps));
    }
    return all;
  }

  private CtcText decode(float[] scores, int offset, int steps) {
    StringBuilder text = new StringBuilder();
    double sum = 0;
    int kept = 0;
    int last = 0;
    for (int t = 0; t < steps; t++) {
      int from = offset + t * classes();
      int best = best(scores, from);
      if (best != 0 && best != last) {
        text.append(characters.get(best - 1));
        sum += scores[from + best];
        kept++;
      }
      last = best;
    }
    return new CtcText(text.toString(), kept == 0 ? 0 : sum / kept);
  }

  private int best(float[] scores, int from) {
    int best = 0;
    for (int c = 1; c < classes(); c++) {
      // a comparison with NaN is false
      if (scores[from + c] > scores[from + best]
          || Float.isNaN(scores[from + best]) && !Float.isNaN(scores[from + c])) {
        best = c;
      }
    }
    return best;
  }
}
