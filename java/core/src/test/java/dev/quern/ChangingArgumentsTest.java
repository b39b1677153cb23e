package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Mean;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Metrics;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.EarlyStopping;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is checked is a copy: lists, maps and arrays may be others when they are read again. */
class ChangingArgumentsTest {
  private static final Shape PAIR = Shape.of(2);

  private static <T> List<T> fickle(List<T> first, T then) {
    return FickleArguments.list(first, Collections.nCopies(5, then));
  }

  @Test
  void listsAreReadOnce() {
    assertThat(new Gather(0, fickle(List.of(1), 9)).indices()).containsExactly(1);
    assertThat(new Permute(fickle(List.of(1, 0), 7)).dims()).containsExactly(1, 0);
    assertThat(new Mean(fickle(List.of(0), null), false).axes()).containsExactly(0);
    List<Network.Node> nodes = List.of(new Network.Node("fc", new Linear(2), List.of("input")));
    Network net =
        new Network("n", Map.of("input", PAIR), nodes, fickle(List.of("fc"), "none"), Map.of());
    assertThat(net.outputs()).containsExactly("fc");
    History.Epoch good =
        new History.Epoch(1, 1, 1, 1, 1, Optional.of(new Evaluation(1, 1, 1, Map.of())));
    assertThat(EarlyStopping.bestEpoch(fickle(List.of(good), null))).isZero();
    Dataset data =
        Dataset.of("d", PAIR, fickle(List.of("a", "b"), null), new byte[2], new int[] {1});
    assertThat(data.classes()).containsExactly("a", "b");
  }

  @Test
  void mapsAreReadOnce() {
    Network net = Network.of("n", PAIR, new Linear(2));
    ModelData data = ModelData.untrained(net, 1);
    Map<String, float[]> none = Collections.singletonMap("linear1.weight", null);
    ModelData made =
        new ModelData(
            net,
            FickleArguments.map(data.weights(), none),
            data.preprocessing(),
            data.provenance(),
            data.dtype());
    assertThat(made.weights().get("linear1.weight")).hasSize(4);
    try (Model model = Model.of(made);
        Arena arena = new Arena()) {
      Map<String, Tensor> inputs = Map.of("input", arena.tensor(Shape.of(1, 2)));
      assertThat(model.predict(FickleArguments.map(inputs, Map.of()))).hasSize(1);
    }
    try (Trainer t =
        Trainer.builder(net).weights(FickleArguments.map(data.weights(), none)).build()) {
      assertThat(t.modelData(Map.of()).weights()).containsKey("linear1.weight");
    }
  }

  /** As a list does that another thread writes to. */
  @Test
  void whatAListThrowsIsTyped() {
    List<Integer> broken =
        new AbstractList<>() {
          @Override
          public Integer get(int index) {
            throw new java.util.ConcurrentModificationException();
          }

          @Override
          public int size() {
            return 1;
          }
        };
    assertThatThrownBy(() -> new Gather(0, broken))
        .isInstanceOf(UserCodeException.class)
        .hasMessageContaining("gather: indices threw");
  }

  /** While a thread changes labels and weights, calls end well or by a typed error. */
  @Test
  void arraysMayChange() throws InterruptedException {
    int[] labels = {0, 1};
    double[] weights = {1, 1};
    int[] order = {0, 1};
    Thread writer =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Arrays.fill(labels, Integer.MAX_VALUE);
                Arrays.fill(weights, Double.NaN);
                Arrays.fill(order, -1);
                Arrays.fill(labels, 1);
                Arrays.fill(weights, 1);
                Arrays.fill(order, 1);
              }
            });
    writer.start();
    List<Throwable> untyped = new ArrayList<>();
    Dataset plain = Dataset.of("d", PAIR, List.of("a", "b"), new byte[4], new int[] {0, 1});
    Dataset weighted = plain.withWeights(1, 2);
    try (Arena arena = new Arena()) {
      Tensor scores = arena.tensor(Shape.of(2, 2), 1, 0, 0, 1);
      for (int i = 0; i < 3000; i++) {
        typed(untyped, () -> Metrics.accuracy(scores, labels));
        typed(untyped, () -> Metrics.logLoss(scores, 0.5, labels));
        typed(untyped, () -> Metrics.confusion(scores, labels));
        typed(untyped, () -> Metrics.oneHot(arena, labels, 2));
        typed(untyped, () -> plain.weighted(weights, 5, 1).label(0));
        typed(untyped, () -> weighted.subset(order).weight(1));
        typed(untyped, () -> Dataset.of("d", PAIR, List.of("a", "b"), new byte[4], labels));
      }
    } finally {
      writer.interrupt();
      writer.join();
    }
    assertThat(untyped).isEmpty();
  }

  private static void typed(List<Throwable> untyped, Runnable call) {
    try {
      call.run();
    } catch (dev.quern.error.QuernException e) {
      assertThat(e.getMessage()).contains(" ");
    } catch (RuntimeException e) {
      untyped.add(e);
    }
  }

  /** The array that labels came in may change once the set is made. */
  @Test
  void labelsAreCopied() {
    int[] labels = {0, 1};
    Dataset data = Dataset.of("d", PAIR, List.of("a", "b"), new byte[4], labels);
    labels[0] = 7;
    assertThat(data.label(0)).isZero();
    assertThat(MultiDataset.of(Map.of("a", data), Map.of("b", data)).size()).isEqualTo(2);
  }
}
