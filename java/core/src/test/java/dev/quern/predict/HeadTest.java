package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model's head for other classes. */
class HeadTest {
  private static final Shape INPUT = Shape.of(1, 6, 6);
  private static final Preprocessing OWN =
      Preprocessing.of(new Normalization(new float[] {0.3f}, new float[] {0.2f}));

  private static ModelData model(Task task) {
    Network n =
        Network.builder("small", INPUT)
            .add("conv", new Conv2d(4, 3))
            .add("flat", new Flatten())
            .add("fc", new Linear(3))
            .add("softmax", new Softmax())
            .task(task)
            .build();
    return ModelData.untrained(n, 1).withPreprocessing(OWN);
  }

  @Test
  void otherClassesGetALayerOfTheirOwn() {
    ModelData old = model(Task.singleLabel("a", "b", "c"));
    ModelData made = old.forClasses(List.of("d", "e", "f", "g"), 5);
    assertThat(made.classes()).containsExactly("d", "e", "f", "g");
    assertThat(made.network().output()).isEqualTo(Shape.of(4));
    assertThat(made.preprocessing()).isEqualTo(old.preprocessing());
    assertThat(made.weights().get("conv.weight")).isSameAs(old.weights().get("conv.weight"));
    assertThat(made.weights().get("fc.weight")).hasSize(4 * 64);
    assertThat(made.weights().get("fc.bias")).hasSize(4).doesNotContain(0);
    assertThat(old.forClasses(List.of("d", "e", "f", "g"), 5).weights().get("fc.weight"))
        .isEqualTo(made.weights().get("fc.weight"));
    assertThat(old.forClasses(List.of("d", "e", "f", "g"), 6).weights().get("fc.weight"))
        .isNotEqualTo(made.weights().get("fc.weight"));
  }

  /** As many classes, but others. */
  @Test
  void asManyOtherClassesGetANewLayerToo() {
    ModelData old = model(Task.singleLabel("a", "b", "c"));
    ModelData made = old.forClasses(List.of("a", "b", "x"), 5);
    assertThat(made.weights().get("fc.weight")).isNotEqualTo(old.weights().get("fc.weight"));
    assertThat(made.classes()).containsExactly("a", "b", "x");
  }

  @Test
  void theSameClassesKeepTheirWeights() {
    ModelData old = model(Task.multiLabel("a", "b", "c"));
    assertThat(old.forClasses(List.of("a", "b", "c"), 5).weights()).isEqualTo(old.weights());
    ModelData unnamed = model(Task.singleLabel());
    ModelData made = unnamed.forClasses(List.of("x", "y", "z"), 5);
    assertThat(made.weights()).isEqualTo(unnamed.weights());
    assertThat(made.classes()).containsExactly("x", "y", "z");
  }

  @Test
  void anotherOrderMovesTheRows() {
    ModelData old = model(Task.multiLabel("a", "b", "c"));
    ModelData made = old.forClasses(List.of("c", "a", "b"), 5);
    float[] before = old.weights().get("fc.weight");
    float[] after = made.weights().get("fc.weight");
    assertThat(Arrays.copyOf(after, 64)).isEqualTo(Arrays.copyOfRange(before, 128, 192));
    assertThat(made.weights().get("fc.bias")[1]).isEqualTo(old.weights().get("fc.bias")[0]);
    assertThat(made.network().task()).isEqualTo(Task.multiLabel("c", "a", "b"));
  }

  @Test
  void aConvolutionMayBeTheLastLayer() {
    Network n =
        Network.builder("squeeze", INPUT)
            .add("body", new Conv2d(4, 3))
            .add("last", new Conv2d(10, 1).bias(false))
            .add("relu", new Relu())
            .add("pool", new AdaptiveAvgPool2d(1))
            .add("flat", new Flatten())
            .build();
    ModelData made = ModelData.untrained(n, 1).forClasses(List.of("a", "b"), 1);
    assertThat(made.network().output()).isEqualTo(Shape.of(2));
    assertThat(made.weights().get("last.weight")).hasSize(8);
    assertThat(made.network().task()).isEqualTo(Task.singleLabel("a", "b"));
  }

  /** Of the built-in classifiers each has a head; of any size of picture too. */
  @Test
  void builtInNetworksHaveHeads() {
    for (String name : List.of("lenet", "resnet20", "mobilenet_v2")) {
      Network n = Networks.byName(name);
      ModelData made = ModelData.untrained(n, 1).withNewHead(7, 1);
      assertThat(made.network().output()).as(name).isEqualTo(Shape.of(7));
    }
  }

  @Test
  void whatHasNoHeadIsRefused() {
    ModelData small = model(Task.plain());
    refused(small, List.of(), "network small: the list of classes is empty");
    Network two =
        Network.builder("two", INPUT)
            .add("flat", new Flatten())
            .add("a", new Linear(3))
            .add("b", new Linear(3), "flat")
            .output("a")
            .output("b")
            .build();
    refused(
        ModelData.untrained(two, 1),
        List.of("x"),
        "network two: it has outputs [a, b], a head requires exactly one");
    Network weighted = Network.of("weighted", INPUT, new Flatten(), new Linear(3), new PRelu());
    refused(
        ModelData.untrained(weighted, 1),
        List.of("x"),
        "network weighted: it does not end in a linear layer or a convolution");
    assertThatThrownBy(() -> small.withNewHead(0, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("network small: outputs 0 must be at least 1");
  }

  private static void refused(ModelData model, List<String> classes, String message) {
    assertThatThrownBy(() -> model.forClasses(classes, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(message);
  }
}
