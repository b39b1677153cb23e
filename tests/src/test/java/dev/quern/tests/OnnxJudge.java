package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.quern.network.Network;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a model, and compares what ONNX Runtime makes of it with what Quern does. */
final class OnnxJudge {
  private static final int BATCH = 3;

  private OnnxJudge() {}

  /** Weights that no two are the same of; variances and what divides are above 0. */
  static ModelData model(Network network) {
    Values random = Values.floats(Values.seedOf(network.name()));
    ModelData first = ModelData.untrained(network, 1);
    first
        .weights() // not copied, since some are 500 MB
        .forEach(
            (name, values) -> {
              boolean variance = name.endsWith("running_var");
              boolean whole = network.state().containsKey(name + "_scale"); // with its scale
              for (int i = 0; i < values.length && !whole && !name.endsWith("_scale"); i++) {
                values[i] += variance ? Math.abs(random.next()) : 0.1f * random.next();
              }
            });
    return first;
  }

  /** Random inputs of these shapes, a batch of them. */
  static Map<String, Tensor> inputs(Map<String, Shape> shapes, int batch, Arena arena) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) ->
            all.put(
                name,
                Values.tensor(
                    arena, Values.floats(Values.seedOf(name)).array(shape.batch(batch)))));
    return all;
  }

  static void agrees(ModelData model, OnnxWriter writer, Path file) throws OrtException {
    agrees(model, writer, file, model.network().inputs());
  }

  /**
   * @param sizes of the inputs, where the network leaves them free
   */
  static void agrees(ModelData model, OnnxWriter writer, Path file, Map<String, Shape> sizes)
      throws OrtException {
    writer.save(model, file);
    int batch = writer.batch() == 0 ? BATCH : writer.batch();
    try (OnnxRuntime runtime = new OnnxRuntime(file);
        Model own = Model.of(model);
        Arena arena = new Arena()) {
      assertThat(runtime.inputs()).isEqualTo(sizes.keySet());
      Map<String, Tensor> inputs = inputs(sizes, batch, arena);
      Map<String, Tensor> expected = own.predict(inputs);
      Map<String, Tensor> actual = runtime.run(inputs, arena);
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach(
          (name, t) -> close(model.network().name() + ": " + name, actual.get(name), t));
    }
  }

  static void close(String what, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    float[] values = expected.toArray();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    assertThat(Compare.distance(actual.toArray(), wide)).as(what).isLessThanOrEqualTo(1e-5);
  }
}
