package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.RandomNumbers;
import dev.quern.data.Sampler;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which samples epochs have. */
class SamplerTest {
  private static final int SAMPLES = 10;

  /** Samples that remember in which order they were asked for. */
  private record Asked(List<Integer> order, float weight) implements Dataset {
    @Override
    public String name() {
      return "asked";
    }

    @Override
    public int size() {
      return SAMPLES;
    }

    @Override
    public Shape shape() {
      return Shape.of(1);
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b");
    }

    @Override
    public Kind kind() {
      return Kind.FLOATS;
    }

    @Override
    public void copyFloats(int index, FloatBuffer to) {
      order.add(index);
      to.put(index);
    }

    @Override
    public int label(int index) {
      return index < 8 ? 0 : 1;
    }

    @Override
    public boolean hasWeights() {
      return weight != 1;
    }

    @Override
    public float weight(int index) {
      return weight;
    }
  }

  private static Trainer trainer(Sampler sampler) {
    Network network = Network.of("n", Shape.of(1), new Linear(2));
    return Trainer.builder(network).batch(3).sampler(sampler).build();
  }

  private static List<Integer> asked(Sampler sampler, int epochs) {
    List<Integer> order = new ArrayList<>();
    try (Trainer t = trainer(sampler)) {
      t.fit(new Asked(order, 1), epochs);
    }
    return order;
  }

  @Test
  void sequentialAndShuffled() {
    List<Integer> all = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    List<Integer> twice = new ArrayList<>(all);
    twice.addAll(all);
    assertThat(asked(Sampler.SEQUENTIAL, 2)).isEqualTo(twice);
    List<Integer> shuffled = asked(Sampler.SHUFFLED, 2);
    assertThat(shuffled.subList(0, 10)).containsExactlyInAnyOrderElementsOf(all).isNotEqualTo(all);
    assertThat(shuffled.subList(10, 20)).isNotEqualTo(shuffled.subList(0, 10));
    assertThat(Sampler.SHUFFLED.order(10, 1, RandomNumbers.of(1, 2, 3)))
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void weightedDrawsByWeight() {
    double[] weights = {0, 1, 0, 3, 0, 0, 0, 0, 0, 0};
    List<Integer> drawn = asked(Sampler.weighted(weights), 400);
    long threes = drawn.stream().filter(i -> i == 3).count();
    assertThat(drawn).containsOnly(1, 3);
    assertThat(threes).isBetween(2890L, 3110L); // of 4000
    assertThat(drawn.subList(0, 10)).isNotEqualTo(drawn.subList(10, 20));
    assertThat(asked(Sampler.weighted(weights), 400)).isEqualTo(drawn);
  }

  @Test
  void balancedDrawsClassesAlike() {
    Sampler balanced = Sampler.balanced(new Asked(new ArrayList<>(), 1));
    List<Integer> drawn = asked(balanced, 400);
    assertThat(drawn.stream().filter(i -> i >= 8).count()).isBetween(1870L, 2130L);
    assertThat(drawn).contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void resumesToTheSameBits() {
    Sampler sampler = Sampler.weighted(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    List<TrainingState> states = new ArrayList<>();
    Dataset data = new Asked(new ArrayList<>(), 1);
    try (Trainer whole = trainer(sampler);
        Trainer again = trainer(Sampler.weighted(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        Trainer other = trainer(Sampler.weighted(1, 2, 3, 4, 5, 6, 7, 8, 9, 11))) {
      TrainingListener keep =
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              states.add(whole.state());
            }
          };
      whole.fit(data, 2, keep);
      again.restore(states.get(5));
      again.fit(data, 2);
      Map<String, float[]> wanted = whole.modelData(Map.of()).weights();
      again
          .modelData(Map.of())
          .weights()
          .forEach((name, w) -> assertThat(w).isEqualTo(wanted.get(name)));
      assertThatThrownBy(() -> other.restore(states.get(5)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("sampler");
    }
  }

  @Test
  void refusesWeights() {
    List<double[]> wrong =
        Arrays.asList(
            null, new double[0], new double[3], new double[] {-1}, new double[] {1 / 0.0});
    for (double[] weights : wrong) {
      assertThatThrownBy(() -> Sampler.weighted(weights))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> asked(Sampler.weighted(1, 2), 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("sampler: 2 weights do not fit 10 samples");
    assertThatThrownBy(() -> Sampler.balanced(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Sampler.SEQUENTIAL.order(0, 1, RandomNumbers.of(1, 1, 1)))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void refusesWhatUsersGive() {
    assertThatThrownBy(() -> asked((n, epoch, random) -> new int[3], 1))
        .isInstanceOf(UserCodeException.class)
        .hasMessage("training: sampler returned 3 indices for 10 samples");
    assertThatThrownBy(() -> asked((n, epoch, random) -> null, 1))
        .isInstanceOf(UserCodeException.class);
    int[] outside = new int[SAMPLES];
    outside[9] = SAMPLES;
    assertThatThrownBy(() -> asked((n, epoch, random) -> outside, 1))
        .isInstanceOf(UserCodeException.class)
        .hasMessage("training: sampler: index 10 is outside [0, 10)");
    Sampler throwing =
        (n, epoch, random) -> {
          throw new IllegalStateException("mine");
        };
    assertThatThrownBy(() -> asked(throwing, 1))
        .isInstanceOf(UserCodeException.class)
        .hasMessageContaining("mine");
  }

  @Test
  void refusesWeightsOfSamples() {
    try (Trainer t = trainer(Sampler.SEQUENTIAL)) {
      assertThatThrownBy(() -> t.fit(new Asked(new ArrayList<>(), -2), 1))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "data set asked: weight of sample 0 is -2.0; it must be finite and at least 0");
    }
  }
}
