package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.error.ShapeException;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.layer.Buffer;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Linear;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.network.GradientCheck;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What users' layers can do wrong is a typed error that names them, and leaves all else usable. */
class CustomLayerErrorsTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  /** A layer that a test bends. */
  static class Bent implements CustomLayer {
    Function<Shape, Shape> shape = s -> s;
    Function<Shape, List<Parameter>> parameters =
        s -> List.of(new Parameter("shift", Shape.of(1), 1));
    List<Buffer> buffers = List.of();
    boolean merges;
    Consumer<Forward> forward =
        pass -> System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    Consumer<Backward> backward =
        pass -> System.arraycopy(pass.gradOutput(), 0, pass.gradInput(), 0, pass.input().length);

    @Override
    public Shape outputShape(Shape input) {
      return shape.apply(input);
    }

    @Override
    public List<Parameter> parameters(Shape input) {
      return parameters.apply(input);
    }

    @Override
    public List<Buffer> buffers(Shape input) {
      return buffers;
    }

    @Override
    public boolean merges() {
      return merges;
    }

    @Override
    public void forward(Forward pass) {
      forward.accept(pass);
    }

    @Override
    public void backward(Backward pass) {
      backward.accept(pass);
    }
  }

  private static Bent bent(Consumer<Bent> how) {
    Bent layer = new Bent();
    how.accept(layer);
    return layer;
  }

  private static Network network(CustomLayer layer) {
    return Network.builder("n", Shape.of(3))
        .add("fc", new Linear(4))
        .add("block.mine", layer)
        .add("head", new Linear(2))
        .build();
  }

  private static Bent withParameters(Parameter... parameters) {
    return bent(b -> b.parameters = s -> Arrays.asList(parameters));
  }

  private Tensor rows() {
    return Values.tensor(arena, Values.floats(1).array(2, 3));
  }

  private static ModelData data(Trainer t) {
    return t.modelData(List.of("a", "b"), Map.of());
  }

  private static DynamicTest refused(String what, CustomLayer layer, String... words) {
    return DynamicTest.dynamicTest(
        what,
        () ->
            assertThatThrownBy(() -> network(layer))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("layer block.mine")
                .hasMessageContainingAll(words));
  }

  @TestFactory
  Stream<DynamicTest> networksRefuseImpossibleShapes() {
    Shape one = Shape.of(1);
    return Stream.of(
        refused("null", bent(b -> b.shape = s -> null), "outputShape is null"),
        refused(
            "null of a class without a name",
            new Bent() {
              @Override
              public Shape outputShape(Shape input) {
                return null;
              }
            },
            "CustomLayerErrorsTest$1: outputShape is null"),
        refused("empty", bent(b -> b.shape = s -> Shape.of(2, 0)), "output 2x0 is empty"),
        refused("scalar", bent(b -> b.shape = s -> Shape.of()), "output scalar is empty"),
        refused("axis", bent(b -> b.shape = s -> Shape.of(s.dim(1))), "axis 1 is outside 4"),
        refused("huge", bent(b -> b.shape = s -> Shape.of(1L << 40, 1L << 40)), "2^53"),
        refused("merges", bent(b -> b.merges = true), "takes"),
        refused(
            "buffers",
            bent(b -> b.buffers = List.of(new Buffer("b", one, 0))),
            "must not have buffers"),
        refused("parameters", bent(b -> b.parameters = s -> null), "parameters is null"),
        refused("parameter", withParameters((Parameter) null), "parameter is null"),
        refused("no name", withParameters(new Parameter(null, one, 1)), "name is null"),
        refused("path", withParameters(new Parameter("a.b", one, 1)), "\"a.b\""),
        refused("no shape", withParameters(new Parameter("a", null, 1)), "shape of a is null"),
        refused("nothing", withParameters(new Parameter("a", Shape.of(0), 1)), "a of 0 is empty"),
        refused("fan", withParameters(new Parameter("a", one, -1)), "fan-in -1"),
        refused("constant", withParameters(new Parameter("a", one, 0, Float.NaN)), "NaN"),
        refused(
            "twice",
            withParameters(new Parameter("a", one, 1), new Parameter("a", one, 1)),
            "two parameters are called a"));
  }

  private static void assertLayerFailed(
      ThrowingCallable call, String pass, Class<? extends Exception> cause) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(LayerException.class)
        .hasMessageStartingWith("layer block.mine: " + pass + " of ")
        .hasMessageContaining(cause.getName())
        .hasCauseExactlyInstanceOf(cause);
  }

  @Test
  void whatShapesThrowIsTheCause() {
    Bent layer =
        bent(
            b ->
                b.shape =
                    s -> {
                      throw new IllegalStateException("no");
                    });
    assertLayerFailed(() -> network(layer), "outputShape", IllegalStateException.class);
  }

  @Test
  void trainersGoOnAfterAPassThatThrew() {
    AtomicBoolean forward = new AtomicBoolean();
    AtomicBoolean backward = new AtomicBoolean();
    Bent layer = new Bent();
    Consumer<CustomLayer.Forward> copy = layer.forward;
    Consumer<CustomLayer.Backward> copyBack = layer.backward;
    layer.forward =
        pass -> {
          copy.accept(pass);
          if (forward.get()) {
            pass.output()[pass.output().length] = 1;
          }
        };
    layer.backward =
        pass -> {
          copyBack.accept(pass);
          if (backward.get()) {
            pass.gradient("scale");
          }
        };
    try (Trainer never = Trainer.builder(network(layer)).build();
        Trainer t = Trainer.builder(network(layer)).build()) {
      forward.set(true);
      assertLayerFailed(
          () -> t.step(rows(), 0, 1), "forward", ArrayIndexOutOfBoundsException.class);
      forward.set(false);
      backward.set(true);
      assertLayerFailed(() -> t.step(rows(), 0, 1), "backward", InvalidArgumentException.class);
      backward.set(false);
      assertThat(data(t).weights()).usingRecursiveComparison().isEqualTo(data(never).weights());
      assertThat(t.step(rows(), 0, 1)).isEqualTo(never.step(rows(), 0, 1));
      assertThat(data(t).weights()).usingRecursiveComparison().isEqualTo(data(never).weights());
    }
  }

  @Test
  void modelsGoOnAfterAPassThatThrew() {
    AtomicBoolean broken = new AtomicBoolean();
    Bent layer = new Bent();
    Consumer<CustomLayer.Forward> copy = layer.forward;
    layer.forward =
        pass -> {
          if (broken.get()) {
            throw new UnsupportedOperationException("not now");
          }
          copy.accept(pass);
        };
    try (Trainer t = Trainer.builder(network(layer)).build();
        Model m = Model.of(data(t))) {
      float[] before = m.predict(rows()).toArray();
      broken.set(true);
      assertLayerFailed(() -> m.predict(rows()), "forward", UnsupportedOperationException.class);
      broken.set(false);
      assertThat(m.predict(rows()).toArray()).isEqualTo(before);
    }
  }

  /** F1: a layer that is not immutable is not asked again, and everything goes on as it was. */
  @Test
  void shapesThatChangeLaterChangeNothing() {
    Bent layer = new Bent();
    Network network = network(layer);
    try (Trainer t = Trainer.builder(network).batch(2).build()) {
      t.step(rows(), 0, 1);
      layer.shape = s -> Shape.of(1000);
      layer.parameters = s -> List.of(new Parameter("shift", Shape.of(100_000), 1));
      Tensor one = arena.tensor(Shape.of(1, 3));
      assertThat(t.step(one, 0)).isFinite();
      t.restore(t.state());
      ModelData data = data(t);
      Trainer.builder(network).weights(data.weights()).build().close();
      try (Model m = Model.of(data)) {
        assertThat(m.predict(one).shape()).isEqualTo(Shape.of(1, 2));
      }
      new GradientCheck().run(network);
    }
  }

  @Test
  void gradientChecksTellWhatItThrew() {
    NullPointerException thrown = new NullPointerException("mine");
    Consumer<Object> throwing =
        pass -> {
          throw thrown;
        };
    assertThatThrownBy(
            () -> new GradientCheck().run(network(bent(b -> b.forward = throwing::accept))))
        .isInstanceOf(LayerException.class)
        .hasCause(thrown)
        .hasMessageContaining("layer block.mine: forward of Bent threw");
    assertThatThrownBy(
            () -> new GradientCheck().run(network(bent(b -> b.backward = throwing::accept))))
        .isInstanceOf(LayerException.class)
        .hasCause(thrown)
        .hasMessageContaining("layer block.mine: backward of Bent threw");
  }

  @Test
  void mustNotCallTheTrainerThatRunsIt() {
    AtomicReference<Trainer> trainer = new AtomicReference<>();
    Consumer<Object> again = pass -> trainer.get().step(rows(), 0, 1);
    Map<String, Bent> layers =
        Map.of(
            "forward", bent(b -> b.forward = again::accept),
            "backward", bent(b -> b.backward = again::accept));
    layers.forEach(
        (where, layer) -> {
          try (Trainer t = Trainer.builder(network(layer)).build()) {
            trainer.set(t);
            assertThatThrownBy(() -> t.step(rows(), 0, 1))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining(where + " of Bent threw")
                .hasMessageContaining("of this trainer called this method during its step");
            layer.forward = pass -> Arrays.fill(pass.output(), 1);
            layer.backward = pass -> {};
            assertThat(t.step(rows(), 0, 1)).isFinite();
          }
        });
  }

  @Test
  void ownArraysMustFit() {
    Shape two = Shape.of(2);
    assertThatThrownBy(
            () ->
                new CustomLayer.Forward(two, two, 3, true, new double[5], new double[6], Map.of()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("custom layer: 5 values of input do not fill 3x2");
    CustomLayer.Forward pass = CustomLayer.Forward.of(new Bent(), two, 3, true);
    assertThat(pass.output()).hasSize(6).containsOnly(0);
    assertThatThrownBy(() -> pass.parameter("scale"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("custom layer: unknown parameter scale, found [shift]");
    assertThatThrownBy(
            () -> new CustomLayer.Backward(pass, new double[6], null, Collections.emptyMap()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("custom layer: grad_input is null");
  }

  @Test
  void hasNoFileForm(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("model.safetensors");
    String message = "Bent is a custom layer, which has no JSON form: register a codec";
    try (Trainer t = Trainer.builder(network(new Bent())).build()) {
      assertThatThrownBy(() -> NetworkJson.write(t.network()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(message);
      assertThatThrownBy(() -> ModelFile.save(file, data(t)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(message);
      assertThatThrownBy(() -> Checkpoints.in(folder).of(t))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(message);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }
}
