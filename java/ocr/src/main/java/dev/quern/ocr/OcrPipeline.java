package dev.quern.ocr;

import dev.quern.data.Image;
import dev.quern.error.ClosedException;
import dev.quern.internal.arguments.Require;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Text recognition (OCR) with the networks of PaddleOCR (PP-OCR) or networks with the same inputs
 * and outputs, as ONNX files. A detector finds text lines at any angle, each line is cut out and
 * rotated, and a recognizer reads its characters.
 *
 * <pre>{@code
 * try (OcrPipeline ocr = OcrPipeline.load(detector, recognizer, dictionary)) {
 *   for (TextLine line : ocr.read(Image.read(Path.of("invoice.png")))) {
 *     System.out.println(line.text());
 *   }
 * }
 * }</pre>
 *
 * <p>Networks:
 *
 * <ul>
 *   <li>The detector takes images {@code [3, H, W]}, where H and W are multiples of 32, and returns
 *       a probability map {@code [1, H, W]} that is decoded by differentiable binarization (DB,
 *       Liao et al. 2020).
 *   <li>The recognizer takes lines {@code [3, 48, W]} and returns probabilities {@code [steps,
 *       classes]} for a {@link CtcDecoder}.
 *   <li>The optional classifier takes lines {@code [3, 48, 192]} and returns the probabilities of
 *       upright and upside down.
 * </ul>
 *
 * <p>A line at least 1.5 times as high as wide is read from top to bottom. A line that is upside
 * down or runs upwards needs the classifier.
 *
 * <p>Thread-safe: concurrent calls share the weights, and each call has its own working memory. The
 * networks are imported for each size of their inputs, when this size is first needed. The pipeline
 * keeps the last 4 sizes of the detector and the last 24 widths of the recognizer, so the files
 * must neither change nor move until the pipeline is closed.
 */
public final class OcrPipeline implements AutoCloseable {
  private final TextDetector detector;
  private final TextRecognizer recognizer;
  private final @Nullable AngleClassifier classifier;
  private final double textThreshold;

  /** Held for reading by each call, and for writing by {@link #close}. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  OcrPipeline(
      TextDetector detector,
      TextRecognizer recognizer,
      @Nullable AngleClassifier classifier,
      double textThreshold) {
    this.detector = detector;
    this.recognizer = recognizer;
    this.classifier = classifier;
    this.textThreshold = textThreshold;
  }

  /**
   * Loads a pipeline with default options.
   *
   * @param detector an ONNX file, such as {@code ch_PP-OCRv4_det_infer.onnx}
   * @param recognizer an ONNX file, such as {@code ch_PP-OCRv4_rec_infer.onnx}
   * @param dictionary the recognizer's characters, as in {@link CtcDecoder#read}. A space is added
   *     if the recognizer has a class for it
   * @throws dev.quern.error.NotFoundException if a file does not exist
   * @throws dev.quern.error.FormatException if a network's file is corrupt or not an ONNX model, or
   *     the dictionary has no characters or is not in UTF-8
   * @throws dev.quern.onnx.ImportException if a network has nodes that are not supported
   * @throws dev.quern.error.ShapeException if the detector's output is not a map, or the
   *     recognizer's output is not {@code [steps, classes]}
   * @throws dev.quern.error.InvalidArgumentException if the recognizer has other classes than the
   *     dictionary, or a network does not have exactly one input, or does not accept its size
   */
  public static OcrPipeline load(Path detector, Path recognizer, Path dictionary) {
    return builder(detector, recognizer, dictionary).build();
  }

  /** Returns the options of a pipeline, which {@link OcrPipelineBuilder#build} loads. */
  public static OcrPipelineBuilder builder(Path detector, Path recognizer, Path dictionary) {
    return new OcrPipelineBuilder(detector, recognizer, dictionary);
  }

  /** Reads the text in the image in a file, which is read by {@link Image#read(Path)}. */
  public List<TextLine> read(Path file) {
    return read(Image.read(file));
  }

  /**
   * Reads the text in an image of any size.
   *
   * @return the lines in reading order: from top to bottom, and lines at the same height from left
   *     to right
   * @throws ClosedException if the pipeline is closed
   * @throws dev.quern.error.PlanLimitException if a network needs more memory than half of the
   *     machine's or container's
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   */
  public List<TextLine> read(Image image) {
    Require.present("ocr", "image", image);
    lock.readLock().lock();
    try {
      requireOpen();
      return lines(Raster.of(image));
    } finally {
      lock.readLock().unlock();
    }
  }

  private List<TextLine> lines(Raster image) {
    List<Quadrilateral> found = ReadingOrder.of(detector.detect(image));
    List<Raster> parts = new ArrayList<>();
    for (Quadrilateral q : found) {
      Raster part = image.part(q);
      parts.add(classifier == null ? part : classifier.upright(part));
    }
    CtcText[] texts = recognizer.read(parts);
    List<TextLine> lines = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      if (texts[i].score() >= textThreshold) {
        Quadrilateral inside = found.get(i).clipped(image.width(), image.height());
        lines.add(new TextLine(texts[i].text(), texts[i].score(), inside));
      }
    }
    return List.copyOf(lines);
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedException("ocr: used after close");
    }
  }

  /**
   * Returns the off-heap memory of the weights and of the working memory that is kept for later
   * calls, in bytes.
   *
   * @throws ClosedException if the pipeline is closed
   */
  public long bytes() {
    lock.readLock().lock();
    try {
      requireOpen();
      return detector.bytes() + recognizer.bytes() + (classifier == null ? 0 : classifier.bytes());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for running calls, and frees the memory. If already closed, this does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        detector.close();
        recognizer.close();
        if (classifier != null) {
          classifier.close();
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
