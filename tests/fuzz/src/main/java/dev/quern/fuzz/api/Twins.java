package dev.quern.fuzz.api;

import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A case of one training run twice: with other numbers of threads, with a state written and read in
 * between, or with activations computed again. Both are bit-identical.
 */
final class Twins extends Case {
  private final World world;

  Twins(long seed) {
    super(seed);
    world = new World(draw, () -> new OwnLayer(draw.split(), null), null);
  }

  @Override
  List<AutoCloseable> opened() {
    return world.opened();
  }

  @Override
  void run() throws Verdict.Untyped {
    calls.add(() -> "twins of " + world.network + "; " + world.loss);
    long seed = draw.number();
    boolean again = draw.once(3);
    Map<String, float[]> first = trained(seed, 1, false, false);
    Map<String, float[]> second = trained(seed, draw.between(2, 4), again, draw.once(3));
    if (!first.keySet().equals(second.keySet())) {
      throw new Verdict.Wrong("twins end apart: " + first.keySet() + second.keySet() + calls);
    }
    for (Map.Entry<String, float[]> e : first.entrySet()) {
      float[] other = second.get(e.getKey());
      if (!Arrays.equals(e.getValue(), other)) {
        String at = " at index " + Arrays.mismatch(e.getValue(), other);
        throw new Verdict.Wrong("twins differ in " + e.getKey() + at + calls);
      }
    }
  }

  /** All tensors of the state at the end; or the name of what it ended by. */
  private Map<String, float[]> trained(long seed, int threads, boolean recompute, boolean restored)
      throws Verdict.Untyped {
    calls.add(
        threads + " threads" + (recompute ? ", recompute" : "") + (restored ? ", restored" : ""));
    Engine.setThreads(threads);
    World same = world.with(new Draw(seed));
    try {
      TrainerBuilder b = same.builder();
      if (recompute) {
        b.recompute();
      }
      try (Trainer t = b.build()) {
        TrainingState half = steps(t, same);
        if (restored) {
          t.restore(half);
        }
        return steps(t, same).tensors();
      }
    } catch (QuernException e) {
      return Map.of(e.getClass().getName(), new float[0]);
    } catch (RuntimeException | Error e) {
      Verdict.on(e, calls);
      return Map.of();
    }
  }

  private static TrainingState steps(Trainer t, World w) {
    for (int i = w.draw.between(1, 3); i > 0; i--) {
      int n = w.draw.between(1, 5);
      t.step(w.images(n), w.targets(n));
    }
    if (w.draw.once(3)) {
      t.fit(w.samples, 1);
    }
    return t.state();
  }
}
