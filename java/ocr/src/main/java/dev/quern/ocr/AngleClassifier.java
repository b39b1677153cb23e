package dev.quern.ocr;

import dev.quern.error.ShapeException;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.nio.file.Path;

/** The classifier of lines that are upside down. Thread-safe. */
final class AngleClassifier implements AutoCloseable {
  private static final int HEIGHT = 48;
  private static final int WIDTH = 192;

  /** The classes upright and upside down. */
  private static final Shape CLASSES = Shape.of(2);

  /** Smallest probability with which a line is rotated, as in PaddleOCR. */
  private static final float SURE = 0.9f;

  private final Model model;

  AngleClassifier(Path file) {
    String input = SizedModels.onlyInput("classifier", file);
    ModelData data = SizedModels.imported(file, input, HEIGHT, WIDTH);
    if (data.network().outputs().size() != 1 || !data.network().output().equals(CLASSES)) {
      throw new ShapeException(
          "ocr: classifier "
              + file
              + " has outputs "
              + data.network().outputs()
              + " of shape "
              + data.network().output()
              + ", expected the probabilities of upright and upside down, of shape "
              + CLASSES);
    }
    model = Model.of(data);
  }

  /** Returns the image of a line, rotated by 180 degrees if it is upside down. */
  Raster upright(Raster line) {
    float[] input = new float[NetworkInput.CHANNELS * HEIGHT * WIDTH];
    int columns = Math.min(WIDTH, line.widthAt(HEIGHT));
    NetworkInput.SIGNED.write(line, columns, input, 0, HEIGHT, WIDTH);
    try (Arena arena = new Arena()) {
      Shape shape = Shape.of(1, NetworkInput.CHANNELS, HEIGHT, WIDTH);
      float[] p = model.predict(arena.tensor(shape, input)).toArray();
      return p[1] > p[0] && p[1] > SURE ? line.upsideDown() : line;
    }
  }

  long bytes() {
    return model.bytes();
  }

  @Override
  public void close() {
    model.close();
  }
}
