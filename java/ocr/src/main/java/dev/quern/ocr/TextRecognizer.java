package dev.quern.ocr;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The recognizer of the characters of a line. Thread-safe. */
final class TextRecognizer implements AutoCloseable {
  private static final int HEIGHT = 48;

  /** The width of the lines with which PaddleOCR trains; shorter lines are padded to it. */
  private static final int SHORTEST = 320;

  /** The width of an input is a multiple of this number, so that few sizes are imported. */
  private static final int MULTIPLE = 64;

  /** Maximum width of an input; a longer line is compressed. Attention is quadratic in it. */
  private static final int LONGEST = 3200;

  /** Number of input sizes whose models are kept. */
  private static final int KEPT = 8;

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
    // lines of similar width in one batch need little padding
    List<Integer> order =
        IntStream.range(0, texts.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> lines.get(i).widthAt(HEIGHT)))
            .toList();
    for (int from = 0; from < texts.length; from += batchSize) {
      List<Integer> batch = order.subList(from, Math.min(texts.length, from + batchSize));
      List<CtcText> read = readBatch(batch.stream().map(lines::get).toList());
      for (int i = 0; i < read.size(); i++) {
        texts[batch.get(i)] = read.get(i);
      }
    }
    return texts;
  }

  private List<CtcText> readBatch(List<Raster> lines) {
    int longest = lines.get(lines.size() - 1).widthAt(HEIGHT);
    int width = Math.max(SHORTEST, Math.min(LONGEST, longest));
    int padded = (width + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    float[] input =
        Heap.floats("ocr", (long) lines.size() * NetworkInput.CHANNELS * HEIGHT * padded);
    for (int i = 0; i < lines.size(); i++) {
      int own = Math.min(width, lines.get(i).widthAt(HEIGHT));
      NetworkInput.SIGNED.write(lines.get(i), own, input, i, HEIGHT, padded);
    }
    Shape shape = Shape.of(lines.size(), NetworkInput.CHANNELS, HEIGHT, padded);
    return models.with(HEIGHT, padded, m -> texts(m, shape, input));
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
