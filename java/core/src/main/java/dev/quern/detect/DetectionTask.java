package dev.quern.detect;

import dev.quern.data.Placement;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The object detection task of a network: how outputs are decoded to boxes. It is stored in the
 * network by {@link dev.quern.network.Network#withDetection}, and in the model file. Immutable and
 * thread-safe.
 *
 * @param decoder the decoder of outputs to boxes
 * @param classes class names, including a background class; empty without names
 * @param nms non-maximum suppression of boxes
 */
public record DetectionTask(BoxDecoder decoder, List<String> classes, Nms nms) {
  private static final String OP = "detection";

  public DetectionTask {
    Require.present(OP, "decoder", decoder);
    classes = Require.all(OP, "classes", classes);
    Require.present(OP, "nms", nms);
  }

  /** Creates a task with the default non-maximum suppression. */
  public DetectionTask(BoxDecoder decoder, List<String> classes) {
    this(decoder, classes, new Nms());
  }

  /** Returns a copy with another non-maximum suppression. */
  public DetectionTask nms(Nms other) {
    return new DetectionTask(decoder, classes, other);
  }

  /**
   * Checks that outputs can be decoded.
   *
   * @param outputs the shape of one sample for each output of a network; height and width may be
   *     dynamic
   * @throws InvalidArgumentException if an output of the decoder does not exist
   * @throws ShapeException if shapes do not match the decoder, or the numbers of classes and names
   *     differ
   */
  public void requireFit(Map<String, Shape> outputs) {
    Map<String, Raw> all = new LinkedHashMap<>();
    Require.all(OP, "outputs", outputs)
        .forEach((name, shape) -> all.put(name, new Raw(name, smallest(shape), null, 0)));
    rows(all, new Size(1, 1));
  }

  /** Returns the shape with dynamic sizes replaced by 1. */
  private static Shape smallest(Shape shape) {
    long[] dims = shape.toArray();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == Shape.FREE ? 1 : dims[i];
    }
    return Shape.of(dims);
  }

  private Rows rows(Map<String, Raw> outputs, Size input) {
    Rows rows = Rows.of(decoder, outputs, input);
    if (!classes.isEmpty() && classes.size() != rows.classes()) {
      throw new ShapeException(
          OP
              + ": "
              + classes.size()
              + " class names do not fit the "
              + rows.classes()
              + " classes of outputs "
              + decoder.outputs());
    }
    return rows;
  }

  /**
   * Returns the objects detected in each image of a batch, in descending order of scores, with
   * boxes, key points and masks in pixels of the network's input.
   *
   * @param outputs a model's predictions {@code [N, ...]} for each output of the decoder
   * @param input height and width of the network's input
   * @throws InvalidArgumentException if an output is missing
   * @throws ShapeException if shapes do not match the decoder
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the masks
   */
  public List<List<Detection>> detections(Map<String, Tensor> outputs, Size input) {
    Map<String, Tensor> given = Require.all(OP, "outputs", outputs);
    Require.present(OP, "input", input);
    List<List<Detection>> all = new ArrayList<>();
    for (Map<String, Raw> sample : samples(given)) {
      Rows rows = rows(sample, input);
      all.add(Placing.inInput(found(rows), rows, input));
    }
    return List.copyOf(all);
  }

  /**
   * Returns the objects detected in each image of a batch, in descending order of scores, with
   * boxes, key points and masks in pixels of the image. Boxes are clipped at the image's border;
   * those outside the image are dropped. Key points are not clipped.
   *
   * @param outputs a model's predictions {@code [N, ...]} for each output of the decoder
   * @param placements the placement of each image in the network's input, such as {@link
   *     dev.quern.data.Preprocessing#placement} returns it
   * @throws InvalidArgumentException if an output is missing, or the number of placements differs
   *     from the batch size
   * @throws ShapeException if shapes do not match the decoder
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the masks
   */
  public List<List<Detection>> detections(Map<String, Tensor> outputs, List<Placement> placements) {
    Map<String, Tensor> given = Require.all(OP, "outputs", outputs);
    List<Placement> placed = Require.all(OP, "placements", placements);
    List<Map<String, Raw>> samples = samples(given);
    if (placed.size() != samples.size()) {
      throw new InvalidArgumentException(
          OP + ": " + placed.size() + " placements do not fit a batch of size " + samples.size());
    }
    List<List<Detection>> all = new ArrayList<>();
    for (int i = 0; i < placed.size(); i++) {
      Placement at = placed.get(i);
      Rows rows = rows(samples.get(i), new Size(at.down().to(), at.across().to()));
      all.add(Placing.inImage(found(rows), rows, at));
    }
    return List.copyOf(all);
  }

  /** Returns the outputs of each sample in a batch. */
  private List<Map<String, Raw>> samples(Map<String, Tensor> given) {
    Map<String, Raw> batch = new LinkedHashMap<>();
    long samples = -1;
    for (String output : decoder.outputs()) {
      Tensor t = given.get(output);
      if (t == null) {
        throw new InvalidArgumentException(
            OP + ": unknown output " + output + ", found " + given.keySet());
      }
      if (t.shape().rank() < 2 || samples >= 0 && t.shape().dim(0) != samples) {
        throw new ShapeException(
            OP
                + ": output "
                + output
                + " of shape "
                + t.shape()
                + " differs from the other outputs in its batch size");
      }
      samples = t.shape().dim(0);
      batch.put(output, new Raw(output, t.shape().sample(), t.toArray(), 0));
    }
    List<Map<String, Raw>> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      Map<String, Raw> sample = new LinkedHashMap<>();
      int number = i;
      batch.forEach((name, b) -> sample.put(name, b.sample(number)));
      all.add(sample);
    }
    return all;
  }

  private Nms.Kept found(Rows rows) {
    Nms.Candidates all = new Nms.Candidates(nms);
    double[] scores = new double[rows.classes()];
    double[] corners = new double[4];
    double[] points = new double[3 * rows.keyPoints()];
    for (int row = 0; row < rows.count(); row++) {
      rows.scores(row, scores);
      Box box = null;
      List<KeyPoint> keyPoints = List.of();
      for (int c = 0; c < scores.length; c++) {
        if (c == rows.background() || !all.takes(scores[c])) {
          continue;
        }
        if (box == null) {
          rows.box(row, corners);
          if (!Box.isBox(corners[0], corners[1], corners[2], corners[3])) {
            break;
          }
          rows.keyPoints(row, points);
          if (!Arrays.stream(points).allMatch(Double::isFinite)) {
            break;
          }
          keyPoints = keyPoints(points);
          box = new Box(corners[0], corners[1], corners[2], corners[3]);
        }
        all.add(new Detection(box, c, name(c), scores[c], keyPoints), row);
      }
    }
    return all.kept();
  }

  private static List<KeyPoint> keyPoints(double[] values) {
    KeyPoint[] all = new KeyPoint[values.length / 3];
    for (int i = 0; i < all.length; i++) {
      all[i] = new KeyPoint(values[3 * i], values[3 * i + 1], values[3 * i + 2]);
    }
    return List.of(all);
  }

  private String name(int index) {
    return classes.isEmpty() ? Integer.toString(index) : classes.get(index);
  }
}
