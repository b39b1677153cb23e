package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When time by layer is measured behind training. */
class TimeByLayerTest {
  private static boolean measured(double seconds, int steps) {
    Network network = Network.builder("n", Shape.of(4)).add("fc", new Linear(2)).build();
    Dataset data =
        Dataset.of("d", Shape.of(4), List.of("a", "b"), new float[12], new int[] {0, 1, 0});
    MultiDataset all = MultiDataset.of(Map.of("input", data), Map.of("fc", data));
    try (Trainer trainer = Trainer.builder(network).batch(2).build()) {
      TimeByLayer times = new TimeByLayer(trainer, all);
      for (int i = 0; i < steps; i++) {
        times.onStep(new TrainingListener.Step(1, 1, i, steps, 2, 1, 1));
      }
      History.Epoch epoch = new History.Epoch(1, 1, 1, seconds, 1, Optional.empty());
      return times.measure(new History(List.of(epoch), History.StopReason.FINISHED)).isPresent();
    }
  }

  @Test
  void onlyWhereItIsCheapBesideTheTraining() {
    assertThat(measured(1.1, 10)).isTrue();
    assertThat(measured(0.9, 10)).isFalse();
    assertThat(measured(1000, 3)).isFalse();
    assertThat(measured(1000, 61)).isTrue();
    assertThat(measured(1000, 0)).isFalse();
  }
}
