package dev.quern.pose;

import dev.quern.detect.KeyPoint;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A decoder that converts the outputs of a network for top-down pose estimation to key points.
 * Immutable and thread-safe.
 */
public sealed interface PoseDecoder permits HeatMapPose, SimCcPose {
  /** Returns the names of the network's outputs that the decoder reads. */
  List<String> outputs();

  /** Returns whether the network needs crops with aligned corners, see {@link PoseCrop}. */
  boolean alignCorners();

  /**
   * Returns the key points of each sample in a batch, in the order of the network. Coordinates name
   * pixels of the network's input: the pixel in column x and row y is at (x, y). A key point whose
   * values in the outputs are not all finite is in the middle of the input and has score 0.
   *
   * @param outputs a model's predictions {@code [N, ...]} for each output of the decoder
   * @param input height and width of the network's input, each at least 1
   * @throws dev.quern.error.InvalidArgumentException if an output is missing, or a side of the
   *     input is less than 1
   * @throws dev.quern.error.ShapeException if the shape of an output does not match the decoder
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  List<List<KeyPoint>> keyPoints(Map<String, Tensor> outputs, Size input);
}
