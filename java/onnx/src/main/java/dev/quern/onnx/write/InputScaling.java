package dev.quern.onnx.write;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The ONNX form of a model's normalization of inputs, without resizing. Inputs are values from 0 to
 * 255, or feature vectors in the units of the training data if there is a mean for each feature.
 */
final class InputScaling {
  private static final float BYTES = 255;

  private InputScaling() {}

  /**
   * Writes {@code (x / 255 - mean) / std}, with red and blue exchanged if the network expects BGR;
   * for features, {@code (x - mean) / std}.
   */
  static Value write(String input, Shape shape, Preprocessing p, Value x, GraphWriter graph) {
    Value y = x;
    if (p.channels() == Preprocessing.Channels.BGR) {
      y =
          graph
              .node(input + ".bgr", "Gather", List.of(y, graph.longs(input + ".order", 2, 1, 0)))
              .with("axis", 1L);
    }
    float[] mean = p.normalization().mean();
    float[] std = p.normalization().std();
    float unit = areFeatures(shape, p) ? 1 : BYTES;
    boolean ofChannels = shape.rank() == 3 && shape.dim(0) == mean.length;
    Shape row = ofChannels ? Shape.of(1, mean.length, 1, 1) : Shape.of(mean.length);
    Value centred =
        graph.node(
            input + ".centred",
            "Sub",
            List.of(y, graph.floats(input + ".mean", row, scaled(mean, unit))));
    return graph.node(
        input + ".normalized",
        "Div",
        List.of(centred, graph.floats(input + ".std", row, scaled(std, unit))));
  }

  /** Returns whether inputs are feature vectors for which there is a mean for each feature. */
  private static boolean areFeatures(Shape shape, Preprocessing p) {
    int means = p.normalization().channels();
    return shape.rank() == 1 && means == shape.dim(0)
        || means > 1 && !shape.isFree() && means == shape.elements() && shape.dim(0) == 1;
  }

  private static float[] scaled(float[] values, float unit) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i] * unit;
    }
    return all;
  }

  /**
   * Returns the preprocessing that the caller of the file must still perform: resizing, and
   * conversion of bytes to floats of equal value.
   */
  static Preprocessing rest(Shape shape, Preprocessing p) {
    float[] std = new float[p.normalization().channels()];
    Arrays.fill(std, areFeatures(shape, p) ? 1 : 1 / BYTES);
    Preprocessing plain = p.normalization(new Normalization(new float[std.length], std));
    return p.channels() == Preprocessing.Channels.BGR
        ? plain.channels(Preprocessing.Channels.RGB)
        : plain;
  }
}
