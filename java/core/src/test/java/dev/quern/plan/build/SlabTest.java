package dev.quern.plan.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.plan.memory.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlabTest {
  @Test
  void slotsThatNeverMeetShareMemory() {
    Slab slab = new Slab();
    Slot a = slab.slot(100).at(0).at(1);
    Slot b = slab.slot(100).at(2);
    slab.slot(1000); // never used
    slab.place(new Timeline(10, List.of(0), 0));
    assertThat(a.offset).isEqualTo(b.offset);
    assertThat(slab.bytes()).isEqualTo(128);
  }

  @Test
  void slotsThatMeetNeverOverlap() {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      Slab slab = new Slab();
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        slots.add(slab.slot(random.nextInt(2000)).at(random.nextInt(20)).at(random.nextInt(20)));
      }
      slab.place(new Timeline(10, List.of(0), 0));
      for (Slot a : slots) {
        assertThat(a.offset % 64).isZero();
        assertThat(a.offset + a.bytes).isLessThanOrEqualTo(slab.bytes());
        for (Slot b : slots) {
          boolean apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
          assertThat(a == b || !a.meets(b) || apart).as("round " + round).isTrue();
        }
      }
    }
  }
}
