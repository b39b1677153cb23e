package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.augment.CustomAugmentation;
import dev.quern.data.Dataset;
import dev.quern.data.RandomNumbers;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.CustomOptimizer;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with an optimizer and an augmentation of the user's own goes on from a file. */
class CustomOptimizerFileTest {
  private static final Shape IMAGE = Shape.of(1, 4, 4);

  @TempDir Path folder;

  /** Two averages of the gradient, a fast one and a slow one. */
  private record Averages(float lr, float weightDecay) implements CustomOptimizer {
    @Override
    public Averages withLr(float rate) {
      return new Averages(rate, weightDecay);
    }

    @Override
    public Averages withWeightDecay(float decay) {
      return new Averages(lr, decay);
    }

    @Override
    public List<String> states() {
      return List.of("fast", "slow");
    }

    @Override
    public void step(Step s) {
      double[] fast = s.state("fast");
      double[] slow = s.state("slow");
      for (int i = 0; i < fast.length; i++) {
        fast[i] += 0.3 * (s.gradient()[i] - fast[i]);
        slow[i] += 0.01 * (s.gradient()[i] - slow[i]);
        s.weight()[i] -= s.lr() * (fast[i] + slow[i] / 3);
      }
    }
  }

  private record Noise(int most) implements CustomAugmentation {
    @Override
    public void augment(byte[] pixels, Shape shape, RandomNumbers random) {
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (pixels[i] ^ random.below(most));
      }
    }
  }

  private static Trainer trainer() {
    return Trainer.builder(Network.of("n", IMAGE, new Flatten(), new Linear(3)))
        .batch(4)
        .optimizer(new Averages(0.1f, 0))
        .augment(new Noise(60))
        .build();
  }

  private static Dataset data() {
    byte[] pixels = new byte[20 * 16];
    new Random(1).nextBytes(pixels);
    int[] labels = new int[20];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
    }
    return Dataset.of("d", IMAGE, List.of("a", "b", "c"), pixels, labels);
  }

  @Test
  void aRunFromACheckpointHasTheSameBits() {
    Checkpoints checkpoints = Checkpoints.in(folder);
    try (Trainer whole = trainer();
        Trainer stopped = trainer();
        Trainer resumed = trainer()) {
      whole.fit(data(), 3);
      stopped.fit(
          data(),
          3,
          new TrainingListener() {
            private int steps;

            @Override
            public void onStep(Step s) {
              if (++steps == 8) {
                checkpoints.save(stopped);
                stopped.stop();
              }
            }
          });
      resumed.restore(checkpoints.latest().state());
      resumed.fit(data(), 3);
      Map<String, float[]> got = resumed.state().tensors();
      assertThat(got).containsKeys("optimizer.fast.linear1.weight", "optimizer.slow.linear1.bias");
      whole
          .state()
          .tensors()
          .forEach((name, values) -> assertThat(got.get(name)).as(name).isEqualTo(values));
    }
  }
}
