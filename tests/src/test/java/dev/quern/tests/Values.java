package dev.quern.tests;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * Seeded inputs. The system property {@code quern.test.seed} moves all of them; messages of failing
 * checks carry the seed.
 */
final class Values {
  /** What the inputs look like. */
  enum Kind {
    /** From -4 to 4: sums of fewer than a million products are exact in any order. */
    INTEGERS,
    /** Evenly spread in [-1, 1). */
    FLOATS
  }

  private static final long BASE = Long.getLong("quern.test.seed", 0);

  private final Kind kind;
  private final long seed;
  private final SplittableRandom random;

  Values(Kind kind, long seed) {
    this.kind = kind;
    this.seed = BASE + seed;
    this.random = new SplittableRandom(this.seed);
  }

  static Values floats(long seed) {
    return new Values(Kind.FLOATS, seed);
  }

  /** The seed of a case, from its text: the same in every run. */
  static long seedOf(Object description) {
    return description.toString().hashCode();
  }

  Kind kind() {
    return kind;
  }

  float next() {
    return kind == Kind.INTEGERS ? random.nextInt(-4, 5) : (float) (2 * random.nextDouble() - 1);
  }

  int nextInt(int from, int to) {
    return random.nextInt(from, to + 1);
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  NdArray array(Shape shape) {
    NdArray array = new NdArray(shape);
    for (int i = 0; i < array.size(); i++) {
      array.set(i, next());
    }
    return array;
  }

  NdArray array(long... dims) {
    return array(Shape.of(dims));
  }

  int[] labels(int n, int classes) {
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(classes);
    }
    return labels;
  }

  /** The array as a tensor; null for null. */
  static Tensor tensor(Arena arena, NdArray array) {
    return array == null ? null : arena.tensor(array.shape(), array.toFloats());
  }

  /** For messages. */
  @Override
  public String toString() {
    return kind + ", seed " + seed + " (base " + BASE + ")";
  }
}
