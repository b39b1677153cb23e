package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prediction of several outputs into tensors of the caller. */
class PredictIntoTest {
  private static final int BATCH = 70; // more than one pass

  private final Model model =
      Model.of(
          ModelData.untrained(
              Network.builder("two", Shape.of(2, 3, 4))
                  .add("flat", new Flatten())
                  .add("a", new Linear(5), "flat")
                  .add("b", new Linear(24), "flat")
                  .output("a", "b")
                  .build(),
              3));
  private final Arena arena = new Arena();
  private final Tensor x = Values.tensor(arena, Values.floats(1).array(Shape.of(BATCH, 2, 3, 4)));
  private final Map<String, Tensor> inputs = Map.of(Network.INPUT, x);
  private final Tensor a = arena.tensor(Shape.of(BATCH, 5));
  private final Tensor b = arena.tensor(Shape.of(BATCH, 24));

  @AfterEach
  void close() {
    model.close();
    arena.close();
  }

  @Test
  void writesWhatPredictReturns() {
    Map<String, Tensor> wanted = model.predict(inputs);
    for (int i = 0; i < 2; i++) {
      model.predict(inputs, Map.of("a", a, "b", b));
      assertThat(a.toArray()).isEqualTo(wanted.get("a").toArray());
      assertThat(b.toArray()).isEqualTo(wanted.get("b").toArray());
    }
  }

  @Test
  void refusesOutputsThatDoNotFit() {
    assertThatThrownBy(() -> model.predict(inputs, Map.of("a", a)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("do not match the network's outputs");
    assertThatThrownBy(() -> model.predict(inputs, Map.of("a", b, "b", a)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("must have shape");
    Tensor closed;
    try (Arena other = new Arena()) {
      closed = other.tensor(b.shape());
    }
    assertThatThrownBy(() -> model.predict(inputs, Map.of("a", a, "b", closed)))
        .isInstanceOf(ClosedException.class);
  }

  @Test
  void refusesToWriteWhatItReads() {
    try (Model same =
        Model.of(
            ModelData.untrained(
                Network.builder("same", Shape.of(6))
                    .add("a", new Linear(6))
                    .add("b", new Linear(6))
                    .output("a", "b")
                    .build(),
                3))) {
      Tensor in = arena.tensor(Shape.of(2, 6));
      Tensor out = arena.tensor(Shape.of(2, 6));
      Map<String, Tensor> from = Map.of(Network.INPUT, in);
      assertThatThrownBy(() -> same.predict(from, Map.of("a", out, "b", in)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("output b is also that of");
      assertThatThrownBy(() -> same.predict(from, Map.of("a", out, "b", out)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("is also that of");
    }
  }
}
