package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.predict.Model;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Monocular depth estimation: a depth map of a single image, by a network such as MiDaS (Ranftl et
 * al., 2020) or Depth Anything (Yang et al., 2024).
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("midas.onnx"))) {
 *   DepthMap depth = DepthEstimation.of(model).depth(Path.of("photo.jpg"));
 *   ImageIO.write(Images.toGray16(depth), "png", new File("depth.png"));
 * }
 * }</pre>
 *
 * The network takes one image, preprocessed as the model's data says, and its output is a map
 * {@code [H, W]} or {@code [1, H, W]}. The map is resized to the image's size by bilinear
 * interpolation without antialiasing, as PyTorch's {@code interpolate}. Black borders of the
 * network's input (letterboxing) are removed before; for pixels that the network does not receive
 * (center crop), the value of the nearest pixel is used.
 *
 * <p>The values are those of the network, without conversion. The network also determines their
 * meaning: MiDaS and the relative models of Depth Anything predict inverse depth up to scale and
 * shift, so that near pixels have large values; metric models predict distances, usually in meters,
 * so that near pixels have small values.
 *
 * <p>Immutable and thread-safe. The caller closes the model.
 */
public final class DepthEstimation {
  private static final String OP = "depth estimation";

  private final MapModel maps;

  private DepthEstimation(MapModel maps) {
    this.maps = maps;
  }

  /**
   * Returns depth estimation by the first output of a model.
   *
   * @throws dev.quern.error.InvalidArgumentException if the network has several inputs
   * @throws dev.quern.error.ShapeException if the output is not a map
   */
  public static DepthEstimation of(Model model) {
    return new DepthEstimation(MapModel.of(OP, model));
  }

  /**
   * Returns depth estimation by an output of a model.
   *
   * @throws dev.quern.error.InvalidArgumentException if the network has several inputs, or does not
   *     have this output
   * @throws dev.quern.error.ShapeException if the output is not a map
   */
  public static DepthEstimation of(Model model, String output) {
    return new DepthEstimation(MapModel.of(OP, model, output));
  }

  /** Returns the depth of the image in a file, which is read by {@link Image#read(Path)}. */
  public DepthMap depth(Path file) {
    return depth(Image.read(file));
  }

  /**
   * Returns the depth of an image of any size. The map has the image's size.
   *
   * @throws dev.quern.error.ShapeException if the network's input is not an image
   * @throws dev.quern.error.NumericException if the output has a value that is not finite
   * @throws dev.quern.error.PlanLimitException if the model's {@link Model#planLimit} is too small
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the model is closed
   */
  public DepthMap depth(Image image) {
    return DepthMap.owning(maps.map(image, UnaryOperator.identity()));
  }
}
