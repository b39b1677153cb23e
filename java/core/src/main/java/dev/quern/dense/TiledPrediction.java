package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Image-to-image prediction in overlapping tiles: super-resolution, denoising, deblurring or style
 * transfer of images of any size with the memory of one tile. For networks such as SRCNN (Dong et
 * al., 2014) and Real-ESRGAN (Wang et al., 2021).
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("realesrgan-x4.onnx"))) {
 *   TiledPrediction upscaling = TiledPrediction.of(model, Tiles.of(256, 32));
 *   Image large = upscaling.predict(Path.of("photo.jpg")); // 4 times as high and wide
 * }
 * }</pre>
 *
 * The network takes one image {@code [C, H, W]} of fixed or dynamic size, and its output is an
 * image {@code [1, s*H, s*W]} or {@code [3, s*H, s*W]} with an integer scale s of at least 1. The
 * model's preprocessing determines the channels and the normalization; its size, fit and crop do
 * not apply. If the channels are BGR, an output of three channels is BGR, too.
 *
 * <p>All tiles have the same size. An image that is smaller than a tile is extended at the right
 * and at the bottom by reflection, and the result is cropped. If each pixel of the output depends
 * only on the pixels of the input within a distance of r, and {@code overlap - blend} is at least
 * 2r, then the result for a larger image is the network's output for the whole image, up to the
 * rounding of floats; without blending, an overlap of the receptive field, 2r + 1, suffices.
 *
 * <p>Besides the image and the result, a call needs the memory of one tile, and on the heap 4 bytes
 * for each blended value of the tile's right side and of one row of tiles.
 *
 * <p>Immutable and thread-safe. The caller closes the model.
 */
public final class TiledPrediction {
  private static final String OP = "tiles";

  private final Model model;
  private final String output;
  private final Tiles tiles;
  private final PixelRange range;
  private final Shape outputShape;

  private TiledPrediction(Model model, String output, Tiles tiles, PixelRange range) {
    this.model = model;
    this.output = output;
    this.tiles = tiles;
    this.range = range;
    outputShape = outputShape();
    scale(); // checks the shape
    Shape colors = Shape.of(3, tiles.size().height(), tiles.size().width());
    if (Math.max(outputShape.elements(), colors.elements()) > Heap.MOST) {
      throw new InvalidArgumentException(
          OP + ": a tile of " + tiles.size() + " or its output does not fit in a Java array");
    }
  }

  /** Returns prediction with the first output of a network and its default {@link Tiles}. */
  public static TiledPrediction of(Model model) {
    return of(model, Tiles.of(model));
  }

  /** Returns prediction with the first output of a network: {@link #of(Model, Tiles, String)}. */
  public static TiledPrediction of(Model model, Tiles tiles) {
    return of(model, tiles, MapModel.network(OP, model).outputs().get(0));
  }

  /**
   * Returns prediction with an output of a network.
   *
   * @param tiles the tiles; their size must be the network's input size, where it is not dynamic
   * @throws ShapeException if the tiles do not have the size of the network's input, a layer does
   *     not support this size, or the output is not an image with an integer scale
   * @throws InvalidArgumentException if the network has several inputs, it does not have the
   *     output, or a tile does not fit in a Java array
   */
  public static TiledPrediction of(Model model, Tiles tiles, String output) {
    Tiles.of(model); // checks the network's input
    Require.present(OP, "tiles", tiles);
    return new TiledPrediction(
        model, MapModel.requireOutput(OP, model, output), tiles, new PixelRange(0, 1));
  }

  /**
   * Returns a copy with other output values for black and white; the default is 0 and 1. Values
   * outside the range are clamped.
   *
   * @param black the value that becomes pixel 0
   * @param white the value that becomes pixel 255, for example 255 for a network that returns
   *     pixels
   * @throws InvalidArgumentException if a value is not finite, or both are equal
   */
  public TiledPrediction range(float black, float white) {
    return new TiledPrediction(model, output, tiles, new PixelRange(black, white));
  }

  public Tiles tiles() {
    return tiles;
  }

  /** Returns the scale: the number of output pixels for a pixel of the input, along each axis. */
  public int scale() {
    Size size = tiles.size();
    long scale = outputShape.rank() == 3 ? outputShape.dim(1) / size.height() : 0;
    boolean image =
        scale >= 1
            && (outputShape.dim(0) == 1 || outputShape.dim(0) == 3)
            && outputShape.dim(1) == scale * size.height()
            && outputShape.dim(2) == scale * size.width();
    if (!image) {
      throw new ShapeException(
          OP
              + ": output "
              + output
              + " of shape "
              + outputShape
              + " must have 1 or 3 channels and an integer multiple of the tile size, "
              + size);
    }
    return (int) scale;
  }

  private Shape inputShape() {
    return Shape.of(model.network().input().dim(0), tiles.size().height(), tiles.size().width());
  }

  private Shape outputShape() {
    Network network = model.network();
    if (!network.input().matches(inputShape())) {
      throw new ShapeException(
          OP + ": tiles of " + tiles.size() + " do not fit input " + network.input());
    }
    Network sized = network.isFree() ? network.at(inputShape()) : network;
    return sized.shapes().get(output);
  }

  /** Returns the prediction for the image in a file, which is read by {@link Image#read(Path)}. */
  public Image predict(Path file) {
    return predict(Image.read(file));
  }

  /**
   * Returns the prediction for an image of any size: an image that is {@link #scale} times as high
   * and wide.
   *
   * @throws ShapeException if the network's input is not an image
   * @throws InvalidArgumentException if the result does not fit in a Java array
   * @throws NumericException if the output has a value that is not finite
   * @throws dev.quern.error.PlanLimitException if the model's {@link Model#planLimit} is too small
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the model is closed
   */
  public Image predict(Image image) {
    Require.present(OP, "image", image);
    TileAxis down = tiles.down(image.height());
    TileAxis across = tiles.across(image.width());
    int channels = (int) outputShape.dim(0);
    Preprocessing how = model.data().preprocessing().values().iterator().next();
    boolean reversed = how.channels() == Preprocessing.Channels.BGR && channels == 3;
    // the network's input has the tile's size, so that tiles are not resampled
    Preprocessing plain = how.size(null).fit(Preprocessing.Fit.STRETCH);
    TileCanvas canvas = new TileCanvas(OP, down, across, channels, scale(), range);
    for (int row = 0; row < down.count(); row++) {
      for (int column = 0; column < across.count(); column++) {
        Image tile = tile(image, down, row, across, column);
        float[] values = values(tile, plain);
        if (reversed) {
          reverse(values);
        }
        canvas.add(row, column, values);
      }
    }
    return canvas.image();
  }

  private Image tile(Image image, TileAxis down, int row, TileAxis across, int column) {
    Shape shape = Shape.of(image.channels(), down.tile(), across.tile());
    byte[] pixels = Heap.bytes(OP, Math.toIntExact(shape.elements())); // checked before
    int to = 0;
    for (int c = 0; c < image.channels(); c++) {
      for (int y = 0; y < down.tile(); y++) {
        int from = down.pixel(row, y);
        for (int x = 0; x < across.tile(); x++) {
          pixels[to++] = (byte) image.get(c, from, across.pixel(column, x));
        }
      }
    }
    return Image.owning(shape, pixels);
  }

  private float[] values(Image tile, Preprocessing how) {
    try (Arena arena = new Arena()) {
      String input = model.network().inputs().keySet().iterator().next();
      float[] values =
          model
              .predict(Map.of(input, how.batch(arena, inputShape(), List.of(tile))))
              .get(output)
              .toArray();
      for (float v : values) {
        if (!Float.isFinite(v)) {
          throw new NumericException(
              OP + ": output " + output + " has the value " + v + "; all values must be finite");
        }
      }
      return values;
    }
  }

  /** Exchanges the first and the last of three channels. */
  private static void reverse(float[] values) {
    int last = values.length / 3 * 2;
    for (int i = 0; i + last < values.length; i++) {
      float first = values[i];
      values[i] = values[last + i];
      values[last + i] = first;
    }
  }
}
