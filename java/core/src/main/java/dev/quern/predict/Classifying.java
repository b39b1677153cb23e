package dev.quern.predict;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Implements predictions for images and samples: preprocessing, a model's {@code predict}, and
 * conversion of the outputs.
 */
final class Classifying {
  private final Model model;
  private final Network network;

  Classifying(Model model) {
    this.model = model;
    network = model.network();
  }

  List<LabelScore> classify(byte[] values, Shape shape, int top) {
    Require.present("classify", "image", shape);
    if (shape.isFree() || !network.input().matches(shape)) {
      throw new ShapeException(
          "classify: image " + shape + " does not fit input " + network.input());
    }
    if (Require.present("classify", "pixels", values).length != shape.elements()) {
      throw new ShapeException(
          "classify: " + values.length + " bytes do not fill an image of " + shape);
    }
    requireLabels();
    requireTop(top);
    try (Arena arena = new Arena()) {
      Tensor batch =
          new ImageInput("predict", model.data()).how().normalization().batch(arena, shape, values);
      return labels(predictAll(inputs(batch)).get(0)).top(top);
    }
  }

  Prediction.Labels classify(Image image) {
    requireLabels();
    return labels(predictAll(List.of(Require.present("classify", "image", image))).get(0));
  }

  List<List<LabelScore>> classify(List<Image> images, int top) {
    requireLabels();
    requireTop(top);
    return predictAll(images).stream().map(a -> labels(a).top(top)).toList();
  }

  /** Returns the predictions for images, which are processed in several batches. */
  List<Map<String, Prediction>> predictAll(List<Image> images) {
    ImageInput input = new ImageInput("predict", model.data());
    List<Map<String, Prediction>> all = new ArrayList<>();
    for (List<Image> same : input.runs(images)) {
      try (Arena arena = new Arena()) {
        all.addAll(predictAll(inputs(input.how().batch(arena, network.input(), same))));
      }
    }
    return Collections.unmodifiableList(all);
  }

  List<Map<String, Prediction>> predictAll(Map<String, Tensor> inputs) {
    // predictions are copied to the heap, so the arena can be closed
    try (Arena own = new Arena()) {
      return read(model.calls.predict(inputs, own));
    }
  }

  private List<Map<String, Prediction>> read(Map<String, Tensor> outputs) {
    List<Map<String, Prediction>> all = new ArrayList<>();
    outputs.forEach(
        (name, output) -> {
          Predictions predictions = new Predictions(network, name);
          Shape shape = output.shape().sample();
          int each = Math.toIntExact(shape.elements());
          float[] values = predictions.finished(output).toArray();
          for (int i = 0; i < output.shape().dim(0); i++) {
            if (all.size() == i) {
              all.add(new LinkedHashMap<>());
            }
            float[] own = Arrays.copyOfRange(values, i * each, (i + 1) * each);
            all.get(i).put(name, predictions.of(own, shape));
          }
        });
    return all.stream().map(Collections::unmodifiableMap).toList();
  }

  private Map<String, Tensor> inputs(Tensor batch) {
    return Map.of(network.inputs().keySet().iterator().next(), batch);
  }

  private Prediction.Labels labels(Map<String, Prediction> prediction) {
    return (Prediction.Labels) prediction.get(network.outputs().get(0));
  }

  private void requireLabels() {
    Task.Kind kind = network.task().kind();
    if (kind != Task.Kind.SINGLE_LABEL && kind != Task.Kind.MULTI_LABEL) {
      throw new InvalidArgumentException(
          "classify: output "
              + network.outputs().get(0)
              + " of network "
              + network.name()
              + " has the task "
              + kind.text()
              + ", not single_label or multi_label"
              + (kind == Task.Kind.PLAIN ? ": name its classes" : ": use predict"));
    }
  }

  private static void requireTop(int top) {
    if (top < 1) {
      throw new InvalidArgumentException("classify: top " + top + " must be at least 1");
    }
  }
}
