package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.LayerException;
import dev.quern.error.QuernException;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What listeners and layers ask of the trainer that calls them is answered or refused. */
@Timeout(120)
class ReentryTest {
  private final Dataset data = Synthetic.quarters(8, 1);

  /** A layer that hands on its input, and calls back. */
  private static final class Calling implements CustomLayer {
    private Runnable call = () -> {};

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
      Runnable once = call;
      call = () -> {};
      once.run();
    }

    @Override
    public void backward(Backward pass) {
      System.arraycopy(pass.gradOutput(), 0, pass.gradInput(), 0, pass.gradInput().length);
    }
  }

  private static Trainer trainer(CustomLayer layer) {
    return Trainer.builder(
            Network.of("n", Shape.of(1, 12, 12), layer, new Flatten(), new Linear(4)))
        .batch(4)
        .build();
  }

  private Map<String, Consumer<Trainer>> refused() {
    Arena arena = new Arena();
    Tensor x = arena.tensor(Shape.of(1, 1, 12, 12));
    TrainingState[] before = new TrainingState[1];
    Map<String, Consumer<Trainer>> calls = new TreeMap<>();
    calls.put("step", t -> t.step(x, 1));
    calls.put("fit", t -> t.fit(data, 1));
    calls.put("close", Trainer::close);
    calls.put("restore", t -> t.restore(before[0] == null ? t.state() : before[0]));
    return calls;
  }

  @Test
  void listenersAreRefusedWhatWouldBreakTheRun() {
    refused()
        .forEach(
            (name, call) -> {
              try (Trainer t = trainer(new Calling())) {
                TrainingListener calling =
                    new TrainingListener() {
                      @Override
                      public void onStep(Step step) {
                        call.accept(t);
                      }
                    };
                assertThatThrownBy(() -> t.fit(data, 1, calling))
                    .as(name)
                    .isInstanceOf(QuernException.class);
                assertThat(t.fit(data, 1).epochs()).hasSize(1);
              }
            });
  }

  @Test
  void listenersMayLook() {
    try (Trainer t = trainer(new Calling())) {
      AtomicReference<Evaluation> seen = new AtomicReference<>();
      TrainingListener looking =
          new TrainingListener() {
            @Override
            public void onStep(Step step) {
              seen.set(t.evaluate(data));
              assertThat(t.state().progress().steps()).isEqualTo(step.step());
              assertThat(t.gradients()).isNotEmpty();
              t.stop();
            }
          };
      assertThat(t.fit(data, 1, looking).stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(seen.get().images()).isEqualTo(8);
    }
  }

  @Test
  void layersAreRefusedWhatWouldBreakTheStep() {
    refused()
        .forEach(
            (name, call) -> {
              Calling layer = new Calling();
              try (Trainer t = trainer(layer);
                  Arena arena = new Arena()) {
                Tensor x = arena.tensor(Shape.of(1, 1, 12, 12));
                layer.call = () -> call.accept(t);
                assertThatThrownBy(() -> t.step(x, 1)).as(name).isInstanceOf(LayerException.class);
                layer.call = () -> call.accept(t);
                assertThatThrownBy(() -> t.fit(data, 1))
                    .as(name)
                    .isInstanceOf(LayerException.class);
                assertThat(t.fit(data, 1).epochs()).hasSize(1);
              }
            });
  }

  @Test
  void layersMayLook() {
    Calling layer = new Calling();
    try (Trainer t = trainer(layer);
        Arena arena = new Arena()) {
      Tensor x = arena.tensor(Shape.of(1, 1, 12, 12));
      layer.call =
          () -> {
            t.evaluate(data);
            t.state();
          };
      assertThat(t.step(x, 1)).isFinite();
    }
  }
}
