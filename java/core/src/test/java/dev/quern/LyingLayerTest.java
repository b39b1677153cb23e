package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.LayerException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Buffer;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F1: native code works on sizes fixed once, whatever a user's layer answers later. */
class LyingLayerTest {
  private static final Shape HONEST = Shape.of(4, 8, 8);

  /** Answers honestly so many times, each question by itself, and then anything. */
  private static final class Lying implements CustomLayer {
    private final int honest;
    private final boolean onlyShapes;
    private int shapes;
    private int parameters;
    private int types;
    private int merges;
    private int buffers;
    private int sums;

    Lying(int honest, boolean onlyShapes) {
      this.honest = honest;
      this.onlyShapes = onlyShapes;
    }

    @Override
    public String type() {
      return types++ < honest || onlyShapes ? "lying" : null;
    }

    @Override
    public boolean merges() {
      return merges++ >= honest && !onlyShapes;
    }

    @Override
    public Shape outputShape(Shape input) {
      return shapes++ < honest ? HONEST : Shape.of(64, 32, 32);
    }

    @Override
    public List<Parameter> parameters(Shape input) {
      long n = parameters++ < honest || onlyShapes ? 4 : 1 << 20;
      return List.of(new Parameter("scale", Shape.of(n), 0, 1));
    }

    @Override
    public List<Buffer> buffers(Shape input) {
      return buffers++ < honest || onlyShapes ? List.of() : null;
    }

    @Override
    public long multiplyAdds(Shape input) {
      return sums++ < honest || onlyShapes ? 7 : -1;
    }

    @Override
    public void forward(Forward pass) {
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.output().length);
    }

    @Override
    public void backward(Backward pass) {
      System.arraycopy(pass.gradOutput(), 0, pass.gradInput(), 0, pass.gradInput().length);
    }
  }

  private static Network network(CustomLayer layer) {
    return Network.builder("n", HONEST)
        .add("mine", layer)
        .add("flat", new Flatten())
        .add("fc", new Linear(3))
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 12})
  void answersOfLaterChangeNothing(int honest) {
    run(network(new Lying(honest, false)));
  }

  /** With 7, the native heap broke. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 6, 7, 8, 9})
  void shapesOfLaterChangeNothing(int honest) {
    run(network(new Lying(honest, true)));
  }

  private static void run(Network network) {
    try (Arena arena = new Arena();
        Trainer t = Trainer.builder(network).batch(8).build()) {
      Tensor x = arena.tensor(HONEST.batch(8));
      Tensor few = arena.tensor(HONEST.batch(2));
      assertThat(t.step(x, new int[8])).isFinite();
      assertThat(t.step(few, 1, 2)).isFinite();
      t.restore(t.state());
      ModelData data = t.modelData(List.of("a", "b", "c"), Map.of());
      assertThat(data.weights().get("mine.scale")).hasSize(4);
      try (Model m = Model.of(data)) {
        assertThat(m.predict(x).shape()).isEqualTo(Shape.of(8, 3));
      }
    }
    assertThat(Summary.of(network, 2)).contains("lying");
    assertThat(network.shapes()).containsEntry("mine", HONEST);
    assertThat(network.multiplyAdds()).isEqualTo(7 + 3 * 256);
  }

  @Test
  void everyQuestionIsAskedOnce() {
    Lying layer = new Lying(1, false);
    Network network = network(layer);
    Summary.of(network, 2);
    Trainer.builder(network).build().close();
    assertThat(List.of(layer.shapes, layer.parameters, layer.merges, layer.buffers, layer.sums))
        .containsOnly(1);
    assertThat(layer.types).isEqualTo(1);
  }

  @Test
  void aListThatChangesIsReadOnce() {
    int[] reads = new int[1];
    List<Parameter> changing =
        new AbstractList<>() {
          @Override
          public Parameter get(int i) {
            return new Parameter("p", Shape.of(++reads[0] == 1 ? 2 : 1 << 20), 0);
          }

          @Override
          public int size() {
            return 1;
          }
        };
    Network network = network(withParameters(changing));
    assertThat(network.parameters().get("mine.p").shape()).isEqualTo(Shape.of(2));
    Trainer.builder(network).build().close();
    assertThat(reads[0]).isEqualTo(1);
  }

  @Test
  void aListWithoutEndIsRefused() {
    Parameter p = new Parameter("p", Shape.of(2), 0);
    List<Parameter> endless = Collections.nCopies(Integer.MAX_VALUE, p);
    assertThatThrownBy(() -> network(withParameters(endless)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("two parameters are called p");
  }

  private static CustomLayer withParameters(List<Parameter> parameters) {
    return new CustomLayer() {
      @Override
      public Shape outputShape(Shape input) {
        return input;
      }

      @Override
      public List<Parameter> parameters(Shape input) {
        return parameters;
      }

      @Override
      public void forward(Forward pass) {}

      @Override
      public void backward(Backward pass) {}
    };
  }

  @Test
  void whatIsThrownIsTheCauseErrorsIncluded() {
    CustomLayer failing =
        new CustomLayer() {
          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public void forward(Forward pass) {
            throw new AssertionError("mine");
          }

          @Override
          public void backward(Backward pass) {}
        };
    try (Arena arena = new Arena();
        Trainer t = Trainer.builder(network(failing)).build()) {
      Tensor x = arena.tensor(HONEST.batch(1));
      assertThatThrownBy(() -> t.step(x, 1))
          .isInstanceOf(LayerException.class)
          .hasCauseInstanceOf(AssertionError.class);
    }
  }

  /** The same answers come out of a direct call. */
  @Test
  void aPassOfZerosAsksOnce() {
    Lying layer = new Lying(1, false);
    CustomLayer.Forward pass = CustomLayer.Forward.of(layer, HONEST, 2, true);
    assertThat(pass.output()).hasSize(2 * 256);
    assertThat(layer.shapes + layer.parameters).isEqualTo(2);
  }

  @Test
  void sumsBeyondLongsAreRefused() {
    NetworkBuilder b = Network.builder("n", Shape.of(1L << 22));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2000; i++) {
                b.add(new Linear(1 << 30)).add(new Linear(1 << 22));
              }
              b.build();
            })
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("2^53");
  }
}
