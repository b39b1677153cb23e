package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.error.MemoryLimitException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Absurd sizes: refused with figures, before anything is allocated. */
class MemoryLimitTest {
  private static final long LIMIT = Engine.info().memoryLimit();

  private static void assertRefused(ThrowingCallable call, long bytes) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(MemoryLimitException.class)
        .hasMessageContaining((bytes >> 20) + " MiB")
        .hasMessageContaining((LIMIT >> 20) + " MiB");
  }

  @Test
  void limitIsPlausible() {
    assertThat(LIMIT).isBetween(64L << 20, 1L << 50);
  }

  @Test
  void tensorOfMoreThanTheMachineHas() {
    try (Arena a = new Arena()) {
      long elements = LIMIT / 4 + (1 << 20);
      assertRefused(() -> a.tensor(Shape.of(elements)), 4 * elements);
      assertRefused(() -> a.tensor(Shape.of(elements, 3)), 12 * elements);
    }
  }

  /** The largest shapes that there are, whose bytes must not wrap around. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 53, (1L << 53) - 1, 1L << 50, 1L << 45})
  void tensorOfTheLargestShapes(long elements) {
    try (Arena a = new Arena()) {
      assertRefused(() -> a.tensor(Shape.of(elements)), 4 * elements);
    }
  }

  @Test
  void arenaWorksOnAfterARefusal() {
    try (Arena a = new Arena()) {
      Tensor before = a.tensor(Shape.of(2), 1, 2);
      assertRefused(() -> a.tensor(Shape.of(1L << 50)), 1L << 52);
      assertThat(before.toArray()).containsExactly(1, 2);
      assertThat(a.tensor(Shape.of(2), 3, 4).toArray()).containsExactly(3, 4);
    }
  }

  /** What a first tensor holds is no longer there for a second. */
  @Test
  void whatIsHeldCounts() {
    try (Arena a = new Arena()) {
      a.tensor(Shape.of(16 << 20));
      assertThatThrownBy(() -> a.tensor(Shape.of(LIMIT / 4 - (8 << 20))))
          .isExactlyInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("already uses")
          .hasMessageNotContaining("holds 0 MiB");
    }
  }

  /** Small tensors whose output would not fit: a padding of millions. */
  @Test
  void outputsOfMoreThanTheMachineHas() {
    int padding = (int) Math.sqrt(LIMIT);
    Conv2d conv = new Conv2d(1, 1).bias(false).padding(padding);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(1, 1, 1, 1));
      Tensor w = a.tensor(Shape.of(1, 1, 1, 1));
      assertThatThrownBy(() -> Eager.of(conv).forward(x, w, null))
          .isExactlyInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("MiB");
    }
  }

  @Test
  void gradientsOfMoreThanTheMachineHas() {
    long side = (long) Math.sqrt(LIMIT);
    AvgPool2d pool = new AvgPool2d(1).stride((int) side);
    try (Arena a = new Arena()) {
      Tensor gy = a.tensor(Shape.of(1, 1, 1, 1));
      assertThatThrownBy(() -> Eager.of(pool).backward(gy, Shape.of(1, 1, side, side)))
          .isExactlyInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("MiB");
    }
  }

  /** Two long thin inputs whose product is not. */
  @Test
  void productsOfMoreThanTheMachineHas() {
    int side = (int) Math.sqrt(LIMIT / 2.0);
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(side, 1));
      Linear layer = new Linear(side, false);
      Tensor w = a.tensor(Shape.of(side, 1));
      assertThatThrownBy(() -> Eager.of(layer).forward(x, w, null))
          .isExactlyInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("MiB");
    }
  }
}
