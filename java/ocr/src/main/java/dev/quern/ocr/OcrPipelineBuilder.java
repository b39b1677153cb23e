package dev.quern.ocr;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link OcrPipeline}, with the defaults of PaddleOCR. Not thread-safe.
 *
 * <pre>{@code
 * OcrPipeline ocr = OcrPipeline.builder(detector, recognizer, dictionary)
 *     .classifier(Path.of("cls.onnx"))
 *     .maxSide(1920)
 *     .build();
 * }</pre>
 */
public final class OcrPipelineBuilder {
  private static final int MOST_SIDE = 8192;
  private static final int MOST_LINES = 256;
  private static final int MOST_UNCLIP = 10;

  private final Path detector;
  private final Path recognizer;
  private final Path dictionary;
  private @Nullable Path classifier;
  private double binarization = 0.3;
  private double boxThreshold = 0.6;
  private double unclip = 1.5;
  private double textThreshold = 0.5;
  private int maxSide = 960;
  private int batchSize = 1;

  OcrPipelineBuilder(Path detector, Path recognizer, Path dictionary) {
    this.detector = Require.present("ocr", "detector", detector);
    this.recognizer = Require.present("ocr", "recognizer", recognizer);
    this.dictionary = Require.present("ocr", "dictionary", dictionary);
  }

  /**
   * Sets the ONNX file of a classifier that detects lines that are upside down, such as PaddleOCR's
   * {@code ch_ppocr_mobile_v2.0_cls}. These lines are rotated by 180 degrees before they are read.
   * Default: none; text that is upside down is then read wrongly.
   */
  public OcrPipelineBuilder classifier(Path file) {
    classifier = Require.present("ocr", "classifier", file);
    return this;
  }

  /**
   * Sets the probability above which a pixel of the detector's map belongs to text; default 0.3.
   *
   * @throws InvalidArgumentException if the threshold is outside [0, 1]
   */
  public OcrPipelineBuilder binarization(double threshold) {
    binarization = Require.part("ocr", "binarization", threshold);
    return this;
  }

  /**
   * Sets the smallest mean probability of the pixels in a line's box; default 0.6.
   *
   * @throws InvalidArgumentException if the threshold is outside [0, 1]
   */
  public OcrPipelineBuilder boxThreshold(double threshold) {
    boxThreshold = Require.part("ocr", "boxThreshold", threshold);
    return this;
  }

  /**
   * Sets the ratio by which boxes grow: each side moves outwards by area * ratio / perimeter.
   * Default 1.5, as in PaddleOCR.
   *
   * @throws InvalidArgumentException if the ratio is outside [0, 10]
   */
  public OcrPipelineBuilder unclip(double ratio) {
    if (!(ratio >= 0 && ratio <= MOST_UNCLIP)) {
      throw new InvalidArgumentException(
          "ocr: unclip " + ratio + " is outside [0, " + MOST_UNCLIP + "]");
    }
    unclip = ratio;
    return this;
  }

  /**
   * Sets the smallest {@link TextLine#score} of a line; default 0.5. Lines with a lower score are
   * omitted. With 0, lines without any text are returned, too.
   *
   * @throws InvalidArgumentException if the threshold is outside [0, 1]
   */
  public OcrPipelineBuilder textThreshold(double threshold) {
    textThreshold = Require.part("ocr", "textThreshold", threshold);
    return this;
  }

  /**
   * Sets the maximum length of the longer side of the detector's input, in pixels; default 960. A
   * larger image is scaled down for the detector; the recognizer reads the original pixels. A
   * larger value finds smaller text, and takes time and memory in proportion to its square.
   *
   * @param pixels a multiple of 32
   * @throws InvalidArgumentException if the number is not a multiple of 32 from 32 to 8192
   */
  public OcrPipelineBuilder maxSide(int pixels) {
    if (pixels < TextDetector.MULTIPLE
        || pixels > MOST_SIDE
        || pixels % TextDetector.MULTIPLE != 0) {
      throw new InvalidArgumentException(
          "ocr: maxSide "
              + pixels
              + " must be a multiple of "
              + TextDetector.MULTIPLE
              + " from "
              + TextDetector.MULTIPLE
              + " to "
              + MOST_SIDE);
    }
    maxSide = pixels;
    return this;
  }

  /**
   * Sets the maximum number of lines of equal width that the recognizer reads at a time; default 1.
   * The texts do not depend on this number. Larger batches take more memory, and gain little with
   * two threads.
   *
   * @throws InvalidArgumentException if the number is outside [1, 256]
   */
  public OcrPipelineBuilder batchSize(int lines) {
    if (lines < 1 || lines > MOST_LINES) {
      throw new InvalidArgumentException(
          "ocr: batchSize " + lines + " is outside [1, " + MOST_LINES + "]");
    }
    batchSize = lines;
    return this;
  }

  /** Loads the networks, as {@link OcrPipeline#load} does, with these options. */
  public OcrPipeline build() {
    CtcDecoder characters = CtcDecoder.read(dictionary);
    DbDecoder decoder = new DbDecoder(binarization, boxThreshold, unclip);
    return new OcrPipeline(
        new TextDetector(detector, maxSide, decoder),
        new TextRecognizer(recognizer, characters, batchSize),
        classifier == null ? null : new AngleClassifier(classifier),
        textThreshold);
  }
}
