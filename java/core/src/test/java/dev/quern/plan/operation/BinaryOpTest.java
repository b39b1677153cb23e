package dev.quern.plan.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values of one shape, of which one was an image of a single channel. */
class BinaryOpTest {
  private static final float[] NUMBERS = {1, 2, 3, 4, 5};

  private static float[] run(Layer image, Layer layer, String... inputs) {
    Network network =
        new Network(
            "n",
            Map.of("input", Shape.of(5)),
            List.of(
                new Network.Node("known", new Constant(Shape.of(5), NUMBERS), List.of("input")),
                new Network.Node("image", new Reshape(1, 1, 5), List.of("input")),
                new Network.Node("function", image, List.of("image")),
                new Network.Node("flat", new Flatten(), List.of("function")),
                new Network.Node("out", layer, List.of(inputs))),
            List.of("out"));
    try (Model model = Model.of(new ModelData(network, Map.of(), Map.of(), Map.of()));
        Arena arena = new Arena()) {
      Tensor in = arena.tensor(Shape.of(2, 5));
      in.copyFrom(new float[] {1, 1, 1, 1, 1, 2, 2, 2, 2, 2});
      return model.predict(in).toArray();
    }
  }

  @Test
  void imagesOfOneChannelMeetRows() {
    for (String[] order : new String[][] {{"flat", "known"}, {"known", "flat"}}) {
      assertThat(run(new Softmax(), new Multiply(), order))
          .containsExactly(1, 2, 3, 4, 5, 1, 2, 3, 4, 5);
      assertThat(run(new Relu(), new Multiply(), order))
          .containsExactly(1, 2, 3, 4, 5, 2, 4, 6, 8, 10);
    }
    assertThat(run(new Relu(), new Subtract(), "known", "flat"))
        .containsExactly(0, 1, 2, 3, 4, -1, 0, 1, 2, 3);
  }
}
