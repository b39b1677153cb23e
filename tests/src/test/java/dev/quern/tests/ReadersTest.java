package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.augment.CustomAugmentation;
import dev.quern.data.Dataset;
import dev.quern.data.RandomNumbers;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets that several threads read. */
class ReadersTest {
  private static final Shape SHAPE = Shape.of(1, 3, 3);

  /** Noise by the sample's number; counts who reads. */
  private static class Noise implements Dataset {
    final int readers;
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    Noise(int readers) {
      this.readers = readers;
    }

    @Override
    public String name() {
      return "noise";
    }

    @Override
    public int size() {
      return 50;
    }

    @Override
    public Shape shape() {
      return SHAPE;
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b");
    }

    @Override
    public int readers() {
      return readers;
    }

    @Override
    public void copyBytes(int index, ByteBuffer to) {
      threads.add(Thread.currentThread());
      for (int i = 0; to.hasRemaining(); i++) {
        to.put((byte) (index * 37 + i * i * 11));
      }
    }

    @Override
    public int label(int index) {
      return index % 2;
    }
  }

  /** The same as floats. */
  private static class FloatNoise extends Noise {
    FloatNoise(int readers) {
      super(readers);
    }

    @Override
    public Kind kind() {
      return Kind.FLOATS;
    }

    @Override
    public void copyFloats(int index, FloatBuffer to) {
      for (int i = 0; to.hasRemaining(); i++) {
        to.put((float) Math.sin(index * 37 + i * i * 11));
      }
    }
  }

  private static TrainerBuilder builder() {
    return Trainer.builder(Network.of("n", SHAPE, new Flatten(), new Linear(2))).batch(8);
  }

  private static float[] trained(Dataset data, CustomAugmentation... own) {
    try (Trainer trainer = builder().augment(own).build()) {
      trainer.fit(data, 3);
      assertThat(trainer.evaluate(data).images()).isEqualTo(data.size());
      return trainer.modelData(data.classes(), java.util.Map.of()).weights().get("linear1.weight");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 64, Integer.MAX_VALUE})
  void resultsAreTheSame(int readers) {
    CustomAugmentation own =
        (pixels, shape, random) -> pixels[random.below(9)] = (byte) random.below(256);
    assertThat(trained(new Noise(readers))).isEqualTo(trained(new Noise(1)));
    assertThat(trained(new Noise(readers), own)).isEqualTo(trained(new Noise(1), own));
    assertThat(trained(new Noise(readers).shuffled(1).slice(3, 40)))
        .isEqualTo(trained(new Noise(1).shuffled(1).slice(3, 40)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 64})
  void floatsAreTheSame(int readers) {
    CustomAugmentation own =
        new CustomAugmentation() {
          @Override
          public void augment(byte[] pixels, Shape shape, RandomNumbers random) {
            throw new AssertionError("these are floats");
          }

          @Override
          public void augment(float[] values, Shape shape, RandomNumbers random) {
            values[random.below(9)] = random.below(256);
          }
        };
    assertThat(trained(new FloatNoise(readers))).isEqualTo(trained(new FloatNoise(1)));
    assertThat(trained(new FloatNoise(readers), own)).isEqualTo(trained(new FloatNoise(1), own));
    assertThat(trained(new FloatNoise(readers), own)).isNotEqualTo(trained(new FloatNoise(1)));
  }

  @Test
  void severalThreadsReadFloatsAtOnce() {
    CountDownLatch both = new CountDownLatch(2);
    FloatNoise set =
        new FloatNoise(2) {
          @Override
          public void copyFloats(int index, FloatBuffer to) {
            meet(both);
            super.copyFloats(index, to);
          }
        };
    trained(set);
  }

  /** Each reader waits for the other. */
  private static void meet(CountDownLatch both) {
    both.countDown();
    try {
      assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void floatsThatAreTooFewAreRefused() {
    FloatNoise bad =
        new FloatNoise(4) {
          @Override
          public void copyFloats(int index, FloatBuffer to) {
            to.put(new float[index >= 3 ? 8 : 9]);
          }
        };
    assertThatThrownBy(() -> trained(bad))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("wrote 8 of 9 values");
  }

  @Test
  void severalThreadsReadAtOnce() {
    CountDownLatch both = new CountDownLatch(2);
    Noise set =
        new Noise(2) {
          @Override
          public void copyBytes(int index, ByteBuffer to) {
            meet(both);
            super.copyBytes(index, to);
          }
        };
    trained(set);
    assertThat(set.threads.size()).isGreaterThan(1);
    assertThat(set.shuffled(1).withClasses(List.of("x", "y")).readers()).isEqualTo(2);
  }

  @Test
  void augmentationsRunOneAtATime() {
    AtomicInteger inside = new AtomicInteger();
    CustomAugmentation own =
        (pixels, shape, random) -> {
          assertThat(inside.incrementAndGet()).isEqualTo(1);
          Thread.yield();
          inside.decrementAndGet();
        };
    trained(new Noise(8), own);
  }

  @Test
  void firstFailureOfABatchIsThrown() {
    for (int readers : new int[] {1, 4}) {
      Noise set =
          new Noise(readers) {
            @Override
            public void copyBytes(int index, ByteBuffer to) {
              if (index >= 3) {
                throw new IllegalStateException("no " + index);
              }
              super.copyBytes(index, to);
            }
          };
      try (Trainer trainer = builder().build()) {
        assertThatThrownBy(() -> trainer.evaluate(set))
            .isInstanceOf(DataException.class)
            .hasMessageContaining("sample 3 threw")
            .hasRootCauseMessage("no 3");
        assertThat(trainer.evaluate(new Noise(readers)).images()).isEqualTo(50);
        trainer.fit(new Noise(readers), 1);
      }
    }
    CustomAugmentation bad =
        (pixels, shape, random) -> {
          throw new IllegalStateException("mine");
        };
    assertThatThrownBy(() -> trained(new Noise(4), bad)).isInstanceOf(UserCodeException.class);
  }

  @Test
  void readersBelowOneAreRefused() {
    assertThatThrownBy(() -> trained(new Noise(0)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("data set noise: readers 0 must be at least 1");
  }

  @Test
  void dataSetMayNotCallTheTrainer() {
    try (Trainer trainer = builder().build()) {
      Noise set =
          new Noise(4) {
            @Override
            public void copyBytes(int index, ByteBuffer to) {
              trainer.evaluate(new Noise(1));
              super.copyBytes(index, to);
            }
          };
      assertThatThrownBy(() -> trainer.fit(set, 1)).isInstanceOf(DataException.class);
    }
  }
}
