package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Mse;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a model knows of its task and its inputs. */
class ModelDataTest {
  private static final Shape SHAPE = Shape.of(1, 2, 2);

  private static Network network(String input, Task task) {
    return Network.builder("small")
        .input(input, SHAPE)
        .add("flat", new Flatten())
        .add("fc", new Linear(3))
        .task(task)
        .build();
  }

  @Test
  void preprocessingGoesByTheOrderOfInputs() {
    Normalization half = new Normalization(new float[] {0.5f}, new float[] {2});
    ModelData data =
        ModelData.untrained(network("input", Task.plain()), 1)
            .withPreprocessing(Preprocessing.of(half));
    ModelData renamed = data.withNetwork(network("photo", Task.plain()));
    assertThat(renamed.preprocessing()).containsOnlyKeys("photo");
    assertThat(renamed.normalization()).isEqualTo(half);
  }

  /** Zero for everything: it knows of no task. */
  private record Nothing() implements CustomLoss {
    @Override
    public double loss(Pass pass) {
      return 0;
    }
  }

  @Test
  void namesOfClassesAreATaskWhereTheLossTellsNone() {
    try (Trainer t = Trainer.builder(network("input", Task.plain())).loss(new Nothing()).build()) {
      List<String> names = List.of("a", "b", "c");
      assertThat(t.modelData(names, Map.of()).network().task())
          .isEqualTo(Task.singleLabel("a", "b", "c"));
      assertThat(t.modelData(Map.of()).network().task()).isEqualTo(Task.plain());
    }
  }

  /** A loss tells a task whose names would be others. */
  @Test
  void namesOfSomethingElseLeaveATaskPlain() {
    Network rows =
        Network.of("rows", Shape.of(2, 3), new Linear(4))
            .withTask(new Task(Task.Kind.PLAIN, List.of("left", "right"), null, 1));
    try (Trainer t = Trainer.builder(rows).loss(new Mse()).build()) {
      assertThat(t.modelData(Map.of()).network().task()).isEqualTo(rows.task());
    }
  }

  /** Accuracy by the native operator, and by the scorer. */
  @Test
  void anIgnoredLabelHasNoPartInScores() {
    Dataset data =
        Dataset.of("d", SHAPE, List.of("a", "b", "c"), new byte[24], new int[] {0, 1, 0, 2, 1, 0});
    Network n = network("input", Task.singleLabel().withLoss(new CrossEntropy().ignoreIndex(0)));
    try (Trainer t = Trainer.builder(n).build()) {
      Evaluation e = t.evaluate(data);
      assertThat(e.metric("accuracy")).isEqualTo(e.accuracy());
      assertThat(t.report(data).get("fc").rows())
          .extracting(r -> r.support())
          .containsExactly(0L, 2L, 1L);
    }
  }
}
