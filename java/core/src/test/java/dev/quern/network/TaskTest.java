package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class TaskTest {
  private static final Network ANY_SIZE =
      Network.of("any", Shape.of(3, Shape.FREE, Shape.FREE), new Conv2d(2, 3));

  /** How many numbers there are is known with the size. */
  @Test
  void numbersOfAnySizeHaveNoNames() {
    assertThat(ANY_SIZE.withTask(Task.regression()).task().classes()).isEmpty();
    assertThatThrownBy(() -> ANY_SIZE.withTask(Task.regression("x", "y")))
        .isInstanceOf(ShapeException.class)
        .hasMessage("task regression: 2 class names do not fit output conv2d1 of shape 2x?x?");
    assertThat(ANY_SIZE.withTask(Task.pixelClasses("sky", "sea")).at(Shape.of(3, 8, 8)).task())
        .isEqualTo(Task.pixelClasses("sky", "sea"));
  }

  @Test
  void unnamedLayersLeaveTheNamesOfInputsOut() {
    Network n =
        Network.builder("n").input("relu1", Shape.of(4)).add(new Relu()).add(new Relu()).build();
    assertThat(n.nodes()).extracting(Network.Node::name).containsExactly("relu2", "relu3");
  }
}
