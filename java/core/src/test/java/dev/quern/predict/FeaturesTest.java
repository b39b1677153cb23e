package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model's layers make inside is what its parts make, to the bit. */
class FeaturesTest {
  private static final Shape IMAGE = Shape.of(3, 20, 20);
  private static final List<String> CLASSES = List.of("a", "b", "c");

  private static ModelData data(String network) {
    Network n = Networks.byName(network, IMAGE, CLASSES.size());
    ModelData made = ModelData.untrained(n, 3);
    Normalization own = new Normalization(new float[] {1, 2, 3}, new float[] {1, 2, 3});
    return new ModelData(n, made.weights(), own, CLASSES, Map.of("by", "test"));
  }

  private static Tensor images(Arena arena, Shape sample, int n) {
    Random random = new Random(n);
    float[] values = new float[Math.toIntExact(sample.elements() * n)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return arena.tensor(sample.batch(n), values);
  }

  /** A layer's output beside the network's own, by a network that gives both. */
  private static Map<String, Tensor> inside(ModelData data, String layer, Tensor images) {
    Network whole = data.network();
    Network both =
        new Network(
            whole.name(), whole.inputs(), whole.nodes(), List.of(whole.outputs().get(0), layer));
    try (Model m = Model.of(data.withNetwork(both))) {
      return m.predict(Map.of(Network.INPUT, images));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 70})
  void featuresAreWhatTheLayerMakesInside(int n) {
    ModelData data = data("resnet20");
    try (Arena arena = new Arena();
        Model model = Model.of(data)) {
      Tensor images = images(arena, IMAGE, n);
      for (String layer : List.of("stem.conv", "stage2.1.sum", "stage3.3.relu", "flatten")) {
        Map<String, Tensor> inside = inside(data, layer, images);
        try (Model features = model.features(layer)) {
          Tensor made = features.predict(images);
          assertThat(made.shape()).isEqualTo(data.network().shapes().get(layer).batch(n));
          assertThat(made.toArray()).as(layer).isEqualTo(inside.get(layer).toArray());
        }
        assertThat(inside.get("fc").toArray()).isEqualTo(model.predict(images).toArray());
      }
    }
  }

  @Test
  void severalLayersGiveSeveralOutputs() {
    try (Arena arena = new Arena();
        Model features = features("pool2", "relu1")) {
      Map<String, Tensor> made = features.predict(Map.of("input", images(arena, IMAGE, 2)));
      assertThat(made.keySet()).containsExactly("pool2", "relu1");
      assertThat(features.data().weights().keySet())
          .containsExactly("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias");
    }
  }

  /** Of a model that is closed: they live by themselves. */
  private static Model features(String... layers) {
    try (Model model = Model.of(data("lenet"))) {
      return model.features(layers);
    }
  }

  @Test
  void bothPartsInTurnAreTheWhole() {
    ModelData data = data("resnet20");
    try (Arena arena = new Arena();
        Model whole = Model.of(data, Precision.STRICT);
        Model body = whole.features("stage2.3.relu");
        Model head = Model.of(data.part(List.of("stage2.3.relu"), List.of()), Precision.STRICT)) {
      Tensor images = images(arena, IMAGE, 5);
      assertThat(head.predict(body.predict(images)).toArray())
          .isEqualTo(whole.predict(images).toArray());
    }
  }

  @Test
  void aPartKeepsWhatStillHolds() {
    ModelData data = data("lenet");
    ModelData body = data.part(List.of(), List.of("pool1"));
    assertThat(body.classes()).isEmpty();
    assertThat(body.normalization()).isEqualTo(data.normalization());
    assertThat(body.provenance()).isEqualTo(data.provenance());
    assertThat(body.weights().get("conv1.weight")).isSameAs(data.weights().get("conv1.weight"));
    ModelData head = data.part(List.of("pool1"), List.of());
    assertThat(head.classes()).isEqualTo(CLASSES);
    assertThat(head.normalization()).isEqualTo(Normalization.unit(20));
    assertThat(head.weights()).doesNotContainKey("conv1.weight").containsKey("fc2.bias");
  }

  @Test
  void unknownLayersAreRefused() {
    try (Model model = Model.of(data("lenet"))) {
      assertThatThrownBy(() -> model.features("pool3"))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("network lenet: unknown layer pool3; did you mean pool1, pool2");
      assertThatThrownBy(model::features).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> model.features("pool1", null))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}
