package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.profile.LayerTimes;
import dev.quern.profile.Pass;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Time by layer of a model. */
class ModelProfileTest {
  private static final Network NETWORK =
      Network.builder("net", Shape.of(1, 12, 12))
          .add("conv", new Conv2d(8, 3))
          .add("norm", new BatchNorm2d())
          .add("act", new Relu())
          .add("flat", new Flatten())
          .add("fc", new Linear(4))
          .build();

  private static Model model(Network network) {
    return Model.of(ModelData.untrained(network, 1));
  }

  private static List<String> names(LayerTimes times) {
    return times.layers().stream().map(LayerTimes.Row::layer).toList();
  }

  @Test
  void layersThatRunAsOneShareARow() {
    try (Model model = model(NETWORK);
        Arena arena = new Arena()) {
      LayerTimes times = model.profile(arena.tensor(Shape.of(3, 1, 12, 12)), 2);
      assertThat(times.samples()).isEqualTo(3);
      assertThat(times.steps()).isEqualTo(2);
      assertThat(names(times)).containsExactly("conv", "flat", "fc");
      LayerTimes.Row conv = times.layers().get(0);
      assertThat(conv.type()).isEqualTo("conv2d + batch_norm2d + relu");
      assertThat(conv.forward().operations()).isEqualTo(3 * 2 * 8 * 9 * 100);
      assertThat(conv.forward().seconds()).isPositive();
      assertThat(times.layers()).allMatch(r -> r.backward().equals(Pass.NONE));
      assertThat(times.lossSeconds()).isZero();
      assertThat(times.stepSeconds()).isGreaterThanOrEqualTo(conv.forward().seconds());
    }
  }

  @Test
  void nothingIsChanged() {
    try (Model model = model(NETWORK);
        Arena arena = new Arena()) {
      float[] halves = new float[70 * 144];
      Arrays.fill(halves, 0.5f);
      Tensor images = arena.tensor(Shape.of(70, 1, 12, 12)).copyFrom(halves);
      float[] before = model.predict(images).toArray();
      assertThat(model.profile(images, 1).samples()).isEqualTo(64);
      assertThat(model.predict(images).toArray()).isEqualTo(before);
      assertThat(images.toArray()).containsOnly(0.5f);
    }
  }

  @Test
  void severalInputsAndFreeSizes() {
    Network two =
        Network.builder("two")
            .input("a", Shape.of(2))
            .input("b", Shape.of(3))
            .add("both", new Concat(), "a", "b")
            .add("fc", new Linear(2))
            .build();
    Network free =
        Network.of("free", Shape.of(1, Shape.FREE, Shape.FREE), new Conv2d(2, 3), new Relu());
    try (Model model = model(two);
        Model any = model(free);
        Arena arena = new Arena()) {
      Map<String, Tensor> inputs =
          Map.of("a", arena.tensor(Shape.of(2, 2)), "b", arena.tensor(Shape.of(2, 3)));
      assertThat(names(model.profile(inputs, 1))).containsExactly("both", "fc");
      LayerTimes small = any.profile(arena.tensor(Shape.of(1, 1, 5, 5)), 1);
      LayerTimes large = any.profile(arena.tensor(Shape.of(1, 1, 9, 9)), 1);
      assertThat(small.layers().get(0).forward().operations()).isEqualTo(2 * 2 * 9 * 9);
      assertThat(large.layers().get(0).forward().operations()).isEqualTo(2 * 2 * 9 * 49);
      assertThatThrownBy(() -> model.profile(Map.of("a", inputs.get("a")), 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("profile: inputs [a] do not match the network");
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    Model model = model(NETWORK);
    try (Arena arena = new Arena()) {
      Tensor images = arena.tensor(Shape.of(1, 1, 12, 12));
      assertThatThrownBy(() -> model.profile(images, 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("profile: steps 0 must be from 1 to 1000");
      assertThatThrownBy(() -> model.profile((Tensor) null, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("profile: images is null");
      Tensor none = arena.tensor(Shape.of(0, 1, 12, 12));
      assertThatThrownBy(() -> model.profile(none, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("profile: the batch is empty");
      Tensor other = arena.tensor(Shape.of(1, 1, 3, 3));
      assertThatThrownBy(() -> model.profile(other, 1))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("profile: images");
      model.close();
      assertThatThrownBy(() -> model.profile(images, 1)).isInstanceOf(ClosedException.class);
    }
  }
}
