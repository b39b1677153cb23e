package dev.quern.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Equal bytes lie once, for as long as anybody holds them. */
class SharedMemoryTest {
  /** Longer than what the checksum covers. */
  private static final int BYTES = 100_000;

  private static OffHeap filled(int bytes, int differs) {
    OffHeap block = new OffHeap(bytes, "test");
    for (int i = 0; i < bytes; i++) {
      block.chars(0).put(i, (byte) (i * 31 + (i == differs ? 1 : 0)));
    }
    return block;
  }

  private static long address(OffHeap block) {
    return block.pointer(0).address();
  }

  @BeforeAll
  static void count() throws InterruptedException {
    Forgotten.free();
  }

  @Test
  void equalBytesLieOnce() {
    long before = Memory.live();
    for (int bytes : new int[] {1, 64, 4096, 4097, 8192, BYTES}) {
      for (boolean firstEndsFirst : new boolean[] {true, false}) {
        OffHeap first = filled(bytes, -1).shared();
        OffHeap second = filled(bytes, -1).shared();
        assertThat(address(second)).isEqualTo(address(first));
        assertThat(Memory.live() - before).isEqualTo(bytes);
        assertThat(first.bytes()).isEqualTo(bytes);
        assertThat(first.held()).isEqualTo(bytes / 2);
        OffHeap early = firstEndsFirst ? first : second;
        early.close();
        early.close(); // gives back once
        OffHeap late = firstEndsFirst ? second : first;
        assertThat(Memory.live() - before).isEqualTo(bytes);
        assertThat(late.held()).isEqualTo(bytes);
        assertThat(late.chars(0).get(bytes - 1)).isEqualTo((byte) ((bytes - 1) * 31));
        late.close();
        assertThat(Memory.live()).isEqualTo(before);
      }
    }
  }

  /** Where a checksum of the beginning and the end says nothing. */
  @Test
  void oneByteIsADifference() {
    long before = Memory.live();
    for (int differs : new int[] {0, 4095, 4096, BYTES / 2, BYTES - 4097, BYTES - 1}) {
      try (OffHeap first = filled(BYTES, -1).shared();
          OffHeap second = filled(BYTES, differs).shared();
          OffHeap third = filled(BYTES, differs).shared();
          OffHeap shorter = filled(BYTES - 1, -1).shared()) {
        assertThat(address(second)).isNotEqualTo(address(first)).isEqualTo(address(third));
        assertThat(address(shorter)).isNotEqualTo(address(first));
        assertThat(Memory.live() - before).isEqualTo(3L * BYTES - 1);
      }
      assertThat(Memory.live()).isEqualTo(before);
    }
  }

  /** What is not closed is freed by the collector, and only for who forgot it. */
  @Test
  void aForgottenHolder() throws InterruptedException {
    try (OffHeap kept = filled(BYTES, -1).shared()) {
      forget();
      for (int i = 0; i < 100 && kept.held() < BYTES; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(kept.held()).isEqualTo(BYTES);
      assertThat(kept.chars(0).get(1)).isEqualTo((byte) 31);
    }
  }

  private static void forget() {
    assertThat(filled(BYTES, -1).shared().held()).isEqualTo(BYTES / 2);
  }
}
