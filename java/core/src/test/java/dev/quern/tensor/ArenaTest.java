package dev.quern.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Memory;
import org.junit.jupiter.api.Test;

class ArenaTest {
  @Test
  void tensorsStartAtZeroAndKeepValues() {
    try (Arena arena = new Arena()) {
      assertThat(arena.tensor(Shape.of(2, 3)).toArray()).containsOnly(0f);
      Tensor t = arena.tensor(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
      assertThat(t.get(1, 0)).isEqualTo(4);
      assertThat(arena.tensor(Shape.of(0, 5)).toArray()).isEmpty();
    }
  }

  @Test
  void refusesWrongCountsAndIndices() {
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> arena.tensor(Shape.of(2, 3), 1, 2))
          .isInstanceOf(ShapeException.class)
          .hasMessage("tensor: 2 values do not fill 2x3, which has 6 elements");
      Tensor t = arena.tensor(Shape.of(2, 3));
      assertThatThrownBy(() -> t.get(2, 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("tensor: axis 0 of 2x3: index 2 is outside [0, 2)");
      assertThatThrownBy(() -> t.get(1)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> t.copyFrom(new float[5])).isInstanceOf(ShapeException.class);
    }
  }

  @Test
  void closedArenaIsATypedError() {
    Arena arena = new Arena();
    Tensor t = arena.tensor(Shape.of(1));
    arena.close();
    arena.close();
    assertThatThrownBy(t::toArray)
        .isInstanceOf(ClosedException.class)
        .hasMessage("arena: used after close");
    assertThatThrownBy(() -> arena.tensor(Shape.of(1))).isInstanceOf(ClosedException.class);
  }

  @Test
  void closingDuringACallIsRefused() {
    Arena arena = new Arena();
    arena.usage.enter();
    assertThatThrownBy(arena::close)
        .isInstanceOf(ClosedException.class)
        .hasMessage("arena: closed while 1 calls are still running");
    arena.usage.exit();
    arena.close();
  }

  @Test
  void moreThanTheMachineHasIsRefusedWithFigures() {
    try (Arena arena = new Arena()) {
      long live = Memory.live();
      assertThatThrownBy(() -> arena.tensor(Shape.of(1L << 45)))
          .isInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("134217728 MiB requested")
          .hasMessageContaining((Memory.limit() >> 20) + " MiB");
      assertThat(Memory.live()).isEqualTo(live);
    }
  }

  @Test
  void closingGivesMemoryBack() {
    // half of it as tolerance: the collector may free what other tests forgot meanwhile
    long before = Memory.live();
    try (Arena arena = new Arena()) {
      arena.tensor(Shape.of(1 << 24));
      assertThat(Memory.live()).isGreaterThan(before + (32L << 20));
    }
    assertThat(Memory.live()).isLessThan(before + (32L << 20));
  }

  /** In a debugger, too, where the arena may be closed. */
  @Test
  void aTensorPrintsAsALine() {
    Arena arena = new Arena();
    Tensor t = arena.tensor(Shape.of(2, 3), 1, -0.5f, Float.NaN, 4, 5, 6);
    assertThat(t).hasToString("Tensor 2x3 [1.0, -0.5, NaN, 4.0, ...]");
    assertThat(arena.tensor(Shape.of(), 7)).hasToString("Tensor scalar [7.0]");
    assertThat(arena.tensor(Shape.of(0, 5))).hasToString("Tensor 0x5 []");
    Tensor deep = arena.tensor(Shape.of(new long[1000]));
    assertThat(deep.toString()).startsWith("Tensor 0x0x").endsWith("... []").hasSizeLessThan(100);
    arena.close();
    assertThat(t).hasToString("Tensor 2x3 (closed)");
  }
}
