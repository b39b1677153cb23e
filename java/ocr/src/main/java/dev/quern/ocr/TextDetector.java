package dev.quern.ocr;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The detector of text lines. Thread-safe. */
final class TextDetector implements AutoCloseable {
  /** The height and width of a network's input are multiples of this number. */
  static final int MULTIPLE = 32;

  /** Smallest width and height of a line in pixels of the image; smaller ones are omitted. */
  private static final double SMALLEST = 3;

  /** Number of input sizes whose models are kept. */
  private static final int KEPT = 4;

  private static final int TRIAL = 2 * MULTIPLE;

  private final SizedModels models;
  private final int maxSide;
  private final DbDecoder decoder;

  TextDetector(Path file, int maxSide, DbDecoder decoder) {
    this.maxSide = maxSide;
    this.decoder = decoder;
    String input = SizedModels.onlyInput("detector", file);
    ModelData data = SizedModels.imported(file, input, TRIAL, TRIAL);
    Shape map = Shape.of(1, TRIAL, TRIAL);
    if (data.network().outputs().size() != 1 || !data.network().output().equals(map)) {
      throw new ShapeException(
          "ocr: detector "
              + file
              + " has outputs "
              + data.network().outputs()
              + " of shape "
              + data.network().output()
              + " for an input "
              + data.network().input()
              + ", expected a map of shape "
              + map);
    }
    models = new SizedModels(file, input, KEPT, data.weights());
  }

  /** Returns the corners of the lines, which may be outside the image, in no particular order. */
  List<Quadrilateral> detect(Raster image) {
    double scale = Math.min(1, (double) maxSide / Math.max(image.height(), image.width()));
    int height = side(image.height() * scale);
    int width = side(image.width() * scale);
    float[] input = Heap.floats("ocr", (long) NetworkInput.CHANNELS * height * width);
    NetworkInput.IMAGENET.write(image, width, input, 0, height, width);
    float[] map = models.with(height, width, m -> map(m, input, height, width));
    double scaleX = (double) image.width() / width;
    double scaleY = (double) image.height() / height;
    List<Quadrilateral> lines = new ArrayList<>();
    for (RotatedBox box : decoder.decode(map, height, width)) {
      Quadrilateral corners = box.corners(scaleX, scaleY);
      Quadrilateral inside = corners.clipped(image.width(), image.height());
      if (inside.width() > SMALLEST && inside.height() > SMALLEST) {
        lines.add(corners);
      }
    }
    return lines;
  }

  private static float[] map(Model model, float[] input, int height, int width) {
    try (Arena arena = new Arena()) {
      Shape shape = Shape.of(1, NetworkInput.CHANNELS, height, width);
      return model.predict(arena.tensor(shape, input)).toArray();
    }
  }

  /** Returns the multiple of 32 that is nearest to a number of pixels. */
  private int side(double pixels) {
    return Math.max(MULTIPLE, (int) Math.rint((int) pixels / (double) MULTIPLE) * MULTIPLE);
  }

  long bytes() {
    return models.bytes();
  }

  @Override
  public void close() {
    models.close();
  }
}
