package dev.quern.ocr;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The recognizer of the characters of a line. Thread-safe. */
final class TextRecognizer implements AutoCloseable {
  private static final int HEIGHT = 48;

  /**
   * The width of an input is a multiple of this number, so that few sizes are imported. Each line
   * is scaled to the nearest multiple and not padded, since these networks lose spaces if a line is
   * followed by padding: of 200 drawn lines, PaddleOCR's steps read 122 exactly with padded
   * batches, and 140 without padding.
   */
  private static final int MULTIPLE = 32;

  /** Smallest width of an input; only narrower lines are padded. */
  private static final int SHORTEST = 64;

  /** Maximum width of an input; a longer line is compressed. Attention is quadratic in it. */
  private static final int LONGEST = 3200;

  /** Number of input sizes whose models are kept. */
  private static final int KEPT = 24;

  private final SizedModels models;
  private final CtcDecoder decoder;
  private final int batchSize;

  TextRecognizer(Path file, CtcDecoder dictionary, int batchSize) {
    this.batchSize = batchSize;
    String input = SizedModels.onlyInput("recognizer", file);
    ModelData data = SizedModels.imported(file, input, HEIGHT, SHORTEST);
    Shape output = data.network().output();
    if (data.network().outputs().size() != 1 || output.rank() != 2) {
      throw new ShapeException(
          "ocr: recognizer "
              + file
              + " has outputs "
              + data.network().outputs()
              + " of shape "
              + output
              + ", expected one output of shape [steps, classes]");
    }
    decoder = fitting(dictionary, output.dim(1), file);
    models = new SizedModels(file, input, KEPT, data.weights());
  }

  private static CtcDecoder fitting(CtcDecoder dictionary, long classes, Path file) {
    if (classes == dictionary.classes()) {
      return dictionary;
    }
    if (classes == dictionary.classes() + 1L) {
      return dictionary.withSpace();
    }
    throw new InvalidArgumentException(
        "ocr: recognizer "
            + file
            + " has "
            + classes
            + " classes, but the dictionary has "
            + dictionary.characters().size()
            + " characters, which need "
            + dictionary.classes()
            + " classes (with the blank) or "
            + (dictionary.classes() + 1)
            + " (with blank and space)");
  }

  /** Returns the text of each image of a line, in their order. */
  CtcText[] read(List<Raster> lines) {
    CtcText[] texts = new CtcText[lines.size()];
    Map<Integer, List<Integer>> byWidth = new TreeMap<>();
    for (int i = 0; i < texts.length; i++) {
      byWidth.computeIfAbsent(width(lines.get(i)), w -> new ArrayList<>()).add(i);
    }
    byWidth.forEach(
        (width, all) -> {
          for (int from = 0; from < all.size(); from += batchSize) {
            List<Integer> batch = all.subList(from, Math.min(all.size(), from + batchSize));
            List<CtcText> read = readBatch(batch.stream().map(lines::get).toList(), width);
            for (int i = 0; i < read.size(); i++) {
              texts[batch.get(i)] = read.get(i);
            }
          }
        });
    return texts;
  }

  /** Returns the width of the input for a line. */
  private static int width(Raster line) {
    int own = Math.max(SHORTEST, Math.min(LONGEST, line.widthAt(HEIGHT)));
    return (own + MULTIPLE / 2) / MULTIPLE * MULTIPLE;
  }

  private List<CtcText> readBatch(List<Raster> lines, int width) {
    float[] input =
        Heap.floats("ocr", (long) lines.size() * NetworkInput.CHANNELS * HEIGHT * width);
    for (int i = 0; i < lines.size(); i++) {
      int own = lines.get(i).widthAt(HEIGHT);
      int columns = own < SHORTEST ? own : width;
      NetworkInput.SIGNED.write(lines.get(i), columns, input, i, HEIGHT, width);
    }
    Shape shape = Shape.of(lines.size(), NetworkInput.CHANNELS, HEIGHT, width);
    return models.with(HEIGHT, width, m -> texts(m, shape, input));
  }

  private List<CtcText> texts(Model model, Shape shape, float[] input) {
    try (Arena arena = new Arena()) {
      return decoder.decode(model.predict(arena.tensor(shape, input)));
    }
  }

  long bytes() {
    return models.bytes();
  }

  @Override
  public void close() {
    models.close();
  }
}
