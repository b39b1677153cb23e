package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.Model;
import java.nio.file.Path;

/**
 * Background removal: an alpha mask of an image's foreground, by a network for salient object
 * detection or matting, such as U2-Net (Qin et al., 2020), IS-Net (Qin et al., 2022), MODNet (Ke et
 * al., 2022) or RMBG.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("u2net.onnx"))) {
 *   Image image = Image.read(Path.of("photo.jpg"));
 *   AlphaMask mask = BackgroundRemoval.of(model).mask(image);
 *   ImageIO.write(Images.cutout(image, mask), "png", new File("cutout.png"));
 * }
 * }</pre>
 *
 * The network takes one image, preprocessed as the model's data says, and its output is a map
 * {@code [H, W]} or {@code [1, H, W]}. The map's values are converted to opacities by {@link
 * MaskValues}; by default, by their minimum and maximum. Then the map is resized to the image's
 * size by bilinear interpolation without antialiasing, as PyTorch's {@code interpolate}. Black
 * borders of the network's input (letterboxing) are removed before; for pixels that the network
 * does not receive (center crop), the value of the nearest pixel is used.
 *
 * <p>Immutable and thread-safe. The caller closes the model.
 */
public final class BackgroundRemoval {
  private static final String OP = "background removal";

  private final MapModel maps;
  private final MaskValues values;

  private BackgroundRemoval(MapModel maps, MaskValues values) {
    this.maps = maps;
    this.values = values;
  }

  /**
   * Returns background removal by the first output of a model, whose values are scaled by their
   * minimum and maximum. The first output of U2-Net and of IS-Net is the final map.
   *
   * @throws dev.quern.error.InvalidArgumentException if the network has several inputs
   * @throws dev.quern.error.ShapeException if the output is not a map
   */
  public static BackgroundRemoval of(Model model) {
    return new BackgroundRemoval(MapModel.of(OP, model), MaskValues.MIN_MAX);
  }

  /**
   * Returns background removal by an output of a model, whose values are scaled by their minimum
   * and maximum.
   *
   * @throws dev.quern.error.InvalidArgumentException if the network has several inputs, or does not
   *     have this output
   * @throws dev.quern.error.ShapeException if the output is not a map
   */
  public static BackgroundRemoval of(Model model, String output) {
    return new BackgroundRemoval(MapModel.of(OP, model, output), MaskValues.MIN_MAX);
  }

  /** Returns a copy with another conversion of the output's values to opacities. */
  public BackgroundRemoval values(MaskValues how) {
    return new BackgroundRemoval(maps, Require.present(OP, "values", how));
  }

  /** Returns the mask of the image in a file, which is read by {@link Image#read(Path)}. */
  public AlphaMask mask(Path file) {
    return mask(Image.read(file));
  }

  /**
   * Returns the mask of an image of any size. The mask has the image's size.
   *
   * @throws dev.quern.error.ShapeException if the network's input is not an image
   * @throws dev.quern.error.NumericException if the output has a value that is not finite
   * @throws dev.quern.error.PlanLimitException if the model's {@link Model#planLimit} is too small
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the model is closed
   */
  public AlphaMask mask(Image image) {
    FloatMap map = maps.map(image, this::opacities);
    return AlphaMask.owning(map.height(), map.width(), map.values());
  }

  private FloatMap opacities(FloatMap map) {
    return switch (values) {
      case MIN_MAX -> map.minMax();
      case PROBABILITIES -> map.apply(v -> Math.max(0, Math.min(1, v)));
      case LOGITS -> map.apply(v -> 1 / (1 + Math.exp(-v)));
    };
  }
}
