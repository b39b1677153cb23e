package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool1d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool1d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Parameter;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Sum;
import dev.quern.layer.math.Where;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.tensor.Shape;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks whose height and width are not known yet. */
class FreeSizesTest {
  private static final Shape FREE = Shape.of(8, Shape.FREE, Shape.FREE);

  static List<Layer> layersThatTakeAnySize() {
    return List.of(
        new Conv2d(4, 3).padding(1).stride(2),
        new Conv2d(6, 3).dilation(2),
        new Conv2d(6, 4).padding("same"),
        new Conv2d(6, 3).padding(1, 2, 0, 3),
        new ConvTranspose2d(4, 3).stride(2).padding(1),
        new MaxPool2d(3).stride(2).padding(1),
        new MaxPool2d(3).stride(2).padding(0, 1, 2, 0),
        new AvgPool2d(2),
        new AvgPool2d(3).dilation(2).padding(1, 0, 3, 2).ceilMode(true),
        new AdaptiveAvgPool2d(3),
        new ZeroPad2d(1, 2, 3, 4),
        new ReflectionPad2d(1, 2, 3, 4),
        new ReplicationPad2d(1, 2, 3, 4),
        new CircularPad2d(1, 2, 3, 4),
        new UpsampleNearest2d(3),
        new UpsampleBilinear2d(3),
        new UpsampleBilinear2d(2).alignCorners(true),
        new AdaptiveMaxPool2d(3),
        new PRelu(),
        new PRelu(8),
        new BatchNorm2d(),
        new GroupNorm(4),
        new LocalResponseNorm(3),
        new Relu(),
        new Gelu(),
        new Softmax(),
        new LogSoftmax(),
        new Dropout(),
        new Dropout2d(),
        new StochasticDepth(0.5f),
        new Gather(0, 7, -8, 7),
        new Slice(1, 1, -2, 3),
        new Slice(-1, 0, 1000, 2),
        new Amax(0).keepDims(true),
        new Sum(-3).keepDims(true));
  }

  /** What it says of the free sizes is true of every size. */
  @ParameterizedTest
  @MethodSource("layersThatTakeAnySize")
  void aLayerKeepsSizesFree(Layer layer) {
    for (Shape input :
        List.of(
            FREE, Shape.of(8, 12, Shape.FREE), Shape.of(8, Shape.FREE, 9), Shape.of(8, 12, 9))) {
      Shape output = layer.outputShape(input);
      for (int h = 11; h < 14; h++) {
        for (int w = 8; w < 11; w++) {
          Shape size = Shape.of(8, h, w);
          if (input.matches(size)) {
            assertThat(output.matches(layer.outputShape(size)))
                .as("%s of %s", layer, size)
                .isTrue();
          }
        }
      }
      for (int axis = 1; axis < 3; axis++) {
        boolean fixed = layer instanceof AdaptiveAvgPool2d || layer instanceof AdaptiveMaxPool2d;
        assertThat(output.isFree(axis)).isEqualTo(input.isFree(axis) && !fixed);
      }
      assertThat(layer.parameters(input)).isEqualTo(layer.parameters(Shape.of(8, 12, 9)));
      assertThat(layer.buffers(input)).isEqualTo(layer.buffers(Shape.of(8, 12, 9)));
    }
  }

  @Test
  void mergesKeepSizesFree() {
    assertThat(new Add().outputShape(List.of(FREE, FREE))).isEqualTo(FREE);
    assertThat(new Multiply().outputShape(List.of(FREE, Shape.of(8, 1, 1)))).isEqualTo(FREE);
    Shape row = Shape.of(1, 1, Shape.FREE);
    assertThat(new Add().outputShape(List.of(row, FREE, row))).isEqualTo(FREE);
    assertThat(new Where().outputShape(List.of(Shape.of(1, 1, 1), row, FREE))).isEqualTo(FREE);
    assertThatThrownBy(() -> new Pow().outputShape(List.of(FREE, Shape.of(8, 3, 1))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("pow: inputs 8x?x? and 8x3x1 differ in axis 1, where neither is 1");
    assertThat(new Concat().outputShape(List.of(FREE, FREE)))
        .isEqualTo(Shape.of(16, Shape.FREE, Shape.FREE));
    assertThat(new Concat(-2).outputShape(List.of(FREE, FREE))).isEqualTo(FREE);
    assertThat(new Concat(1).outputShape(List.of(Shape.of(8, 3, Shape.FREE), FREE)))
        .isEqualTo(FREE);
    assertThatThrownBy(() -> new Concat(2).outputShape(List.of(Shape.of(8, 3, Shape.FREE), FREE)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 8x3x? and 8x?x? must be equal in all axes but axis 2");
    assertThatThrownBy(() -> new Concat().outputShape(List.of(FREE, Shape.of(8, 3, 3))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("concat: inputs 8x?x? and 8x3x3 must be equal in all axes but axis 0");
  }

  /** Whichever sizes they are of, and those that only the other has. */
  @Test
  void anImageOfTheSizeOfAnother() {
    for (ResizeLike.Mode mode : ResizeLike.Mode.values()) {
      ResizeLike layer = new ResizeLike(mode);
      assertThat(layer.outputShape(List.of(Shape.of(3, 4, 5), FREE)))
          .isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
      assertThat(layer.outputShape(List.of(FREE, Shape.of(3, 4, Shape.FREE))))
          .isEqualTo(Shape.of(8, 4, Shape.FREE));
    }
  }

  @Test
  void aWeightThatDependsOnThemIsRefused() {
    assertThatThrownBy(() -> Network.of("n", FREE, new Flatten(), new Linear(3)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("flatten: input 8x?x? has a dynamic height or width")
        .hasMessageContaining("adaptive_avg_pool2d");
    assertThatThrownBy(() -> Network.of("n", FREE, new LayerNorm(8, 5, 5)))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Network.of("n", FREE, new RmsNorm(8, 5, 5)))
        .isInstanceOf(ShapeException.class);
  }

  /** The columns of an image of any width as the steps of a recurrent layer. */
  @Test
  void stepsMayBeFree() {
    Network network =
        Network.of(
            "n",
            Shape.of(1, 8, Shape.FREE),
            new Conv2d(4, 3).padding(1),
            new Mean(1),
            new Permute(1, 0),
            new Lstm(5).direction(Direction.BIDIRECTIONAL),
            new Gru(3),
            new Rnn(2));
    assertThat(network.shapes().get("lstm1")).isEqualTo(Shape.of(Shape.FREE, 10));
    assertThat(network.shapes().get("rnn1")).isEqualTo(Shape.of(Shape.FREE, 2));
    Network sized = network.at(Shape.of(1, 8, 12));
    assertThat(sized.shapes().get("gru1")).isEqualTo(Shape.of(12, 3));
    assertThat(sized.parameters()).isEqualTo(network.parameters());
  }

  @Test
  void onlyHeightAndWidthMayBeFree() {
    for (Shape bad :
        List.of(Shape.of(Shape.FREE, 4, 4), Shape.of(Shape.FREE), Shape.of(2, 3, Shape.FREE, 4))) {
      assertThatThrownBy(() -> Network.of("n", bad, new Relu()))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("dynamic dimensions other than the height and width");
    }
    assertThatThrownBy(() -> Network.of("n", Shape.of(0, Shape.FREE, 4), new Relu()))
        .hasMessageContaining("input 0x?x4 is empty");
  }

  private static Network pooled() {
    return Network.of(
        "pooled",
        FREE,
        new Conv2d(4, 3),
        new Relu(),
        new AdaptiveAvgPool2d(1),
        new Flatten(),
        new Linear(3));
  }

  @Test
  void aNetworkIsItselfAtASize() {
    Network free = pooled();
    assertThat(free.isFree()).isTrue();
    assertThat(free.output()).isEqualTo(Shape.of(3));
    assertThat(free.toString()).contains("8x?x?");
    Network sized = free.at(Shape.of(8, 10, 7));
    assertThat(sized.isFree()).isFalse();
    assertThat(sized.shapes()).containsEntry("conv2d1", Shape.of(4, 8, 5));
    assertThat(sized.state()).isEqualTo(free.state());
    assertThat(sized.nodes()).isEqualTo(free.nodes());
    assertThat(sized.multiplyAdds()).isEqualTo(4 * 8 * 5 * 8 * 9 + 12);
    assertThat(sized).isNotEqualTo(free);
    assertThat(sized.at(Shape.of(8, 10, 7))).isEqualTo(sized);
  }

  @Test
  void aSizeMustFit() {
    Network free = pooled();
    for (Shape bad : List.of(Shape.of(7, 10, 7), Shape.of(8, 10), FREE)) {
      assertThatThrownBy(() -> free.at(bad))
          .isInstanceOf(ShapeException.class)
          .hasMessage("network pooled: size " + bad + " must be fixed and match the input 8x?x?");
    }
    assertThatThrownBy(() -> free.at(Shape.of(8, 2, 9)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("kernel 3x3 does not fit the padded input 2x9");
    assertThatThrownBy(() -> free.at(Map.of("other", FREE)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("sizes of [other] do not match the inputs [input]");
  }

  @Test
  void whatNeedsASizeSaysSo() {
    Network free = pooled();
    assertThatThrownBy(() -> Trainer.builder(free))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "trainer: network pooled has a dynamic height or width (input 8x?x?): choose a size"
                + " with network.at");
    assertThatThrownBy(free::multiplyAdds).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Summary.planBytes(free, 1, false)).isInstanceOf(ShapeException.class);
    assertThat(Summary.of(free, 1))
        .contains("4x?x?")
        .containsPattern("total .* 307 +\\?")
        .endsWith("plan: height or width is dynamic, so its size is not known yet\n");
  }

  /** A layer that has never heard of free sizes. */
  private record Halves() implements CustomLayer {
    @Override
    public String type() {
      return "halves";
    }

    @Override
    public Shape outputShape(Shape input) {
      return Shape.of(input.dim(0), input.dim(1) / 2, input.dim(2) / 2);
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  /** A layer with other weights at every size. */
  private record Shifting(AtomicInteger asked) implements CustomLayer {
    @Override
    public String type() {
      return "shifting";
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public List<Parameter> parameters(Shape input) {
      return List.of(new Parameter("w", Shape.of(asked.incrementAndGet()), 0));
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  @Test
  void aCustomLayerThatAsksForAFreeSizeIsNamed() {
    assertThatThrownBy(() -> Network.of("n", FREE, new Halves()))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("axis 1 of 8x?x? is dynamic")
        .hasMessageContaining("layer halves1");
  }

  @Test
  void aCustomLayerMayNotHaveOtherWeightsAtASize() {
    Network n = Network.of("n", FREE, new Shifting(new AtomicInteger()));
    assertThatThrownBy(() -> n.at(Shape.of(8, 4, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "network n: the shapes of its weights must not depend on the input size, but change at"
                + " size 8x4x4");
  }

  /** A layer that says of free sizes what is true of one size only. */
  private record Fixed() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input.isFree() ? Shape.of(8, 4, 4) : input;
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  @Test
  void whatACustomLayerSaysOfFreeSizesIsHeldAgainstEachSize() {
    Network n = Network.of("n", FREE, new Fixed(), new Relu());
    assertThat(n.at(Shape.of(8, 4, 4)).output()).isEqualTo(Shape.of(8, 4, 4));
    assertThatThrownBy(() -> n.at(Shape.of(8, 5, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("network n: at size 8x5x4, layer ")
        .hasMessageContaining(" has shape 8x5x4, which contradicts the dynamic shape 8x4x4");
  }

  /** The length of a signal that is written as an image. */
  @Test
  void lengthMayBeFree() {
    Network n =
        Network.of(
            "n",
            Shape.of(2, 1, Shape.FREE),
            new Conv1d(4, 3),
            new BatchNorm1d(),
            new MaxPool1d(2),
            new AdaptiveAvgPool1d(1),
            new Flatten());
    assertThat(n.shapes().get("max_pool1d1")).isEqualTo(Shape.of(4, 1, Shape.FREE));
    assertThat(n.at(Shape.of(2, 1, 12)).shapes().get("max_pool1d1")).isEqualTo(Shape.of(4, 1, 5));
    assertThat(n.output()).isEqualTo(Shape.of(4));
  }
}
