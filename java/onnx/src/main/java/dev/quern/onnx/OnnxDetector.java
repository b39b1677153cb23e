package dev.quern.onnx;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.run.DetectorOutputs;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Object detection by an {@link OnnxSession} whose graph contains the whole detector, including
 * non-maximum suppression, as in torchvision's exports of SSD, RetinaNet, FCOS and Faster, Mask and
 * Keypoint R-CNN.
 *
 * <pre>{@code
 * try (OnnxSession session = Onnx.session(Path.of("fasterrcnn.onnx"))) {
 *   Preprocessing pixels = Preprocessing.of(Normalization.unit(3));
 *   List<Detection> found = new OnnxDetector(session, pixels, List.of()).detect(image);
 * }
 * }</pre>
 *
 * <p>The input is one image, {@code [C, H, W]} or {@code [1, C, H, W]}. Outputs are recognized by
 * type and shape, since exports often give them numbers as names. These are N boxes {@code [N, 4]}
 * (left, top, right, bottom in pixels of the input), integer labels {@code [N]} and scores {@code
 * [N]}; optionally mask probabilities {@code [N, 1, h, w]}, either of the whole input or of each
 * box, and key points {@code [N, K, 3]} (x, y in pixels of the input, visibility). Further outputs
 * are ignored. Thread-safe.
 */
public final class OnnxDetector {
  private static final String OP = "onnx detector";

  private final OnnxSession session;
  private final Preprocessing preprocessing;
  private final List<String> classes;
  private final String input;
  private final Shape shape;
  private final boolean batched;

  /**
   * Creates a detector.
   *
   * @param session the session; it remains the caller's, who closes it
   * @param preprocessing the preprocessing of images; torchvision's detectors expect {@code
   *     Preprocessing.of(Normalization.unit(3))}
   * @param classes the class names by label, including a background class; empty without names
   * @throws InvalidArgumentException if the graph does not have exactly one input, or the file does
   *     not declare its dimensions
   * @throws ShapeException if the input is not one image
   */
  public OnnxDetector(OnnxSession session, Preprocessing preprocessing, List<String> classes) {
    this.session = Require.present(OP, "session", session);
    this.preprocessing = Require.present(OP, "preprocessing", preprocessing);
    this.classes = Require.all(OP, "classes", classes);
    if (session.inputs().size() != 1) {
      throw new InvalidArgumentException(
          OP + ": inputs " + session.inputs() + " must be one input with an image");
    }
    input = session.inputs().get(0);
    long[] dims = session.shape(input);
    batched = dims.length == 4;
    if (dims.length != 3 && !(batched && Math.abs(dims[0]) == 1)) {
      throw new ShapeException(
          OP + ": input " + input + " has " + dims.length + " dimensions, expected one [C, H, W]");
    }
    int first = batched ? 1 : 0;
    long channels = dims[first] > 0 ? dims[first] : preprocessing.normalization().channels();
    shape = Shape.of(channels, side(dims[first + 1]), side(dims[first + 2]));
  }

  private static long side(long declared) {
    return declared > 0 ? declared : Shape.FREE;
  }

  /**
   * Returns all objects that the graph detects in an image, in descending order of scores, with
   * boxes, key points and masks in pixels of the image. Boxes are clipped at the image's border;
   * those outside the image, or with values that are not finite, are dropped. A dynamic height or
   * width of the input is the image's, or the preprocessing's size.
   *
   * @throws InvalidArgumentException if the graph has no boxes, labels and scores among its
   *     outputs, or a label has no class name
   * @throws ShapeException if image, preprocessing and input do not fit together
   * @throws ImportException if the graph has nodes that are not supported for the input's size
   * @throws dev.quern.error.MemoryLimitException if memory is not available
   * @throws dev.quern.error.ClosedException if the session is closed
   */
  public List<Detection> detect(Image image) {
    Require.present(OP, "image", image);
    Placement placed = preprocessing.placement(new Size(image.height(), image.width()), shape);
    Map<String, Const> found = new LinkedHashMap<>();
    try (Arena arena = new Arena()) {
      Tensor batch = preprocessing.batch(arena, shape, List.of(image));
      long[] dims = (batched ? batch.shape() : batch.shape().sample()).toArray();
      session
          .run(Map.of(input, OnnxTensor.of(dims, batch.toArray())))
          .forEach((name, tensor) -> found.put(name, tensor.values()));
    }
    return detections(DetectorOutputs.of(found), placed);
  }

  private List<Detection> detections(DetectorOutputs found, Placement placed) {
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < found.count(); i++) {
      double[] sides = found.box(i);
      if (Double.isFinite(found.score(i)) && isBox(sides)) {
        Box own = new Box(sides[0], sides[1], sides[2], sides[3]);
        Box box =
            new Box(
                    placed.across().toImage(own.left()),
                    placed.down().toImage(own.top()),
                    placed.across().toImage(own.right()),
                    placed.down().toImage(own.bottom()))
                .clipped(placed.across().from(), placed.down().from());
        if (box.area() > 0) {
          int label = label(found.label(i));
          String name = classes.isEmpty() ? Integer.toString(label) : classes.get(label);
          List<KeyPoint> points = found.keyPoints(i, placed);
          all.add(
              new Detection(
                  box, label, name, found.score(i), points, found.mask(i, own, box, placed)));
        }
      }
    }
    all.sort(Comparator.comparingDouble(d -> -d.score()));
    return List.copyOf(all);
  }

  /** Returns whether sides are ordered and small enough for coordinates of an image. */
  private static boolean isBox(double... sides) {
    double most = 0;
    for (double side : sides) {
      most = Math.max(most, Math.abs(side)); // NaN remains
    }
    return most <= Integer.MAX_VALUE && sides[0] <= sides[2] && sides[1] <= sides[3];
  }

  private int label(long label) {
    long end = classes.isEmpty() ? Integer.MAX_VALUE : classes.size();
    if (label < 0 || label >= end) {
      throw new InvalidArgumentException(
          OP + ": label " + label + " is outside the " + end + " classes");
    }
    return (int) label;
  }
}
