package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In inference no layer mixes samples: a batch gives what each sample gives alone. */
class SamplesApartTest {
  private static final int BATCH = 3;

  static List<Network> networks() {
    return GradientNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aBatchIsItsSamples(Network network) {
    Shape in = network.input();
    int n = (int) in.elements();
    float[] values = Values.floats(7).array(in.batch(BATCH)).toFloats();
    try (Model model = Model.of(ModelData.untrained(network, 3));
        Arena arena = new Arena()) {
      String input = network.inputs().keySet().iterator().next();
      for (String output : network.outputs()) {
        Tensor all =
            model.predict(Map.of(input, arena.tensor(in.batch(BATCH), values))).get(output);
        float[] together = all.toArray();
        int each = together.length / BATCH;
        for (int i = 0; i < BATCH; i++) {
          float[] own = Arrays.copyOfRange(values, i * n, (i + 1) * n);
          Tensor one = model.predict(Map.of(input, arena.tensor(in.batch(1), own))).get(output);
          assertThat(one.toArray())
              .as("sample %s of %s", i, network.name())
              .containsExactly(
                  Arrays.copyOfRange(together, i * each, (i + 1) * each), Offset.offset(1e-4f));
        }
      }
    }
  }
}
