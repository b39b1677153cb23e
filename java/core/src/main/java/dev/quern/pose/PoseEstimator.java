package dev.quern.pose;

import dev.quern.data.Image;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Top-down pose estimation: a network predicts the key points of one person or object in a box, for
 * example the box of a detector.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("rtmpose.safetensors"))) {
 *   PoseEstimator poses = new PoseEstimator(model, new SimCcPose("simcc_x", "simcc_y"));
 *   List<KeyPoint> points = poses.estimate(image, new Box(40, 20, 180, 300));
 * }
 * }</pre>
 *
 * <p>The box is widened to the aspect ratio of the network's input and enlarged by a padding; a
 * {@link PoseCrop} of this region is the network's input. The model's preprocessing determines
 * channels and normalization, and the input's size if it is dynamic; its fit and crop do not apply.
 * The conventions are those of SimpleBaseline and mmpose. Thread-safe: concurrent calls share the
 * model, as described there.
 */
public final class PoseEstimator {
  private static final String OP = "pose";

  /** Maximum number of crops in a batch. */
  private static final int BATCH = 64;

  /** Maximum number of input values in a batch. */
  private static final long MOST_VALUES = 1 << 24;

  private final Model model;
  private final PoseDecoder decoder;
  private final double padding;
  private final String input;
  private final Size size;
  private final Preprocessing preprocessing;

  /** Creates an estimator with a padding of 1.25. */
  public PoseEstimator(Model model, PoseDecoder decoder) {
    this(model, decoder, PoseCrop.DEFAULT_PADDING);
  }

  /**
   * Creates an estimator.
   *
   * @param model the model; it remains the caller's, who closes it
   * @param decoder the decoder of the network's outputs
   * @param padding the factor by which boxes are enlarged, from 1 to 10
   * @throws InvalidArgumentException if the network has several inputs, an output of the decoder
   *     does not exist, or the padding or a side of the input is outside its range
   * @throws ShapeException if the network's input is not an image {@code [C, H, W]}, or it has a
   *     dynamic size and the preprocessing has no size
   */
  public PoseEstimator(Model model, PoseDecoder decoder, double padding) {
    this.model = Require.present(OP, "model", model);
    this.decoder = Require.present(OP, "decoder", decoder);
    PoseCrop.requirePadding(padding);
    this.padding = padding;
    Network network = model.network();
    if (network.inputs().size() != 1) {
      throw new InvalidArgumentException(
          OP
              + ": network "
              + network.name()
              + " has inputs "
              + network.inputs().keySet()
              + ", expected one image");
    }
    for (String output : decoder.outputs()) {
      if (!network.outputs().contains(output)) {
        throw new InvalidArgumentException(
            OP + ": unknown output " + output + ", found " + network.outputs());
      }
    }
    input = network.inputs().keySet().iterator().next();
    Preprocessing own = model.data().preprocessing().values().iterator().next();
    size = size(network, own);
    // the crop has the size of the input already
    preprocessing = own.fit(Preprocessing.Fit.STRETCH).size(size);
    // checks the size
    PoseCrop.of(new Box(0, 0, 1, 1), size, padding, decoder.alignCorners());
  }

  private static Size size(Network network, Preprocessing own) {
    Shape shape = network.input();
    if (shape.rank() != 3) {
      throw new ShapeException(
          OP + ": input " + shape + " of network " + network.name() + " must be [C, H, W]");
    }
    if (!shape.isFree(1) && !shape.isFree(2)) {
      return new Size(side(shape.dim(1)), side(shape.dim(2)));
    }
    Size size = own.size();
    if (size == null) {
      throw new ShapeException(
          OP
              + ": input "
              + shape
              + " of network "
              + network.name()
              + " has a dynamic size, which the preprocessing must set");
    }
    return size;
  }

  private static int side(long side) {
    return (int) Math.min(Integer.MAX_VALUE, side);
  }

  /**
   * Returns the key points of the person or object in a box, in pixels of the image and in the
   * order of the network. Key points are not clipped: a point may be outside the box or the image.
   * A key point whose values in the outputs are not all finite is in the middle of the box and has
   * score 0.
   *
   * @param box the box of the person in pixels of the image; the box of a whole image is {@code 0,
   *     0, width, height}
   * @throws InvalidArgumentException if the box is empty or outside the image
   * @throws ShapeException if the outputs do not have the decoder's shapes, or image, preprocessing
   *     and network do not fit together
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the model is closed
   */
  public List<KeyPoint> estimate(Image image, Box box) {
    return estimate(image, List.of(Require.present(OP, "box", box))).get(0);
  }

  /**
   * Returns the key points in each box, as {@link #estimate(Image, Box)} does. Boxes are processed
   * in batches of up to 64 crops; results do not depend on the other boxes.
   *
   * @param boxes the boxes, maybe none
   */
  public List<List<KeyPoint>> estimate(Image image, List<Box> boxes) {
    Require.present(OP, "image", image);
    Box whole = new Box(0, 0, image.width(), image.height());
    List<PoseCrop> crops = new ArrayList<>();
    for (Box box : Require.all(OP, "boxes", boxes)) {
      PoseCrop crop = PoseCrop.of(box, size, padding, decoder.alignCorners());
      if (box.intersection(whole) == 0) {
        throw new InvalidArgumentException(
            OP
                + ": "
                + box
                + " is outside the image of "
                + image.width()
                + "x"
                + image.height()
                + " pixels");
      }
      crops.add(crop);
    }
    List<List<KeyPoint>> all = new ArrayList<>();
    byte[] pixels = crops.isEmpty() ? new byte[0] : image.pixels();
    int batch = batch();
    for (int from = 0; from < crops.size(); from += batch) {
      estimate(image, pixels, crops.subList(from, Math.min(crops.size(), from + batch)), all);
    }
    return List.copyOf(all);
  }

  private int batch() {
    long channels = Math.max(1, preprocessing.normalization().channels());
    long values = channels * size.height() * size.width();
    return (int) Math.max(1, Math.min(BATCH, MOST_VALUES / values));
  }

  private void estimate(
      Image image, byte[] pixels, List<PoseCrop> crops, List<List<KeyPoint>> all) {
    try (Arena arena = new Arena()) {
      List<Image> parts = crops.stream().map(crop -> crop.crop(image, pixels)).toList();
      Tensor tensor = preprocessing.batch(arena, model.network().input(), parts);
      List<List<KeyPoint>> found = decoder.keyPoints(model.predict(Map.of(input, tensor)), size);
      for (int i = 0; i < crops.size(); i++) {
        all.add(found.get(i).stream().map(crops.get(i)::toImage).toList());
      }
    }
  }

  /**
   * Returns detections with the key points in their boxes, in the same order.
   *
   * @param found the detections in pixels of the image; their own key points are replaced
   * @throws InvalidArgumentException and other exceptions as in {@link #estimate(Image, Box)}
   */
  public List<Detection> withKeyPoints(Image image, List<Detection> found) {
    List<Detection> given = Require.all(OP, "detections", found);
    List<List<KeyPoint>> points = estimate(image, given.stream().map(Detection::box).toList());
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      all.add(given.get(i).keyPoints(points.get(i)));
    }
    return List.copyOf(all);
  }
}
