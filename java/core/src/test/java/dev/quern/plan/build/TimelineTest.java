package dev.quern.plan.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.plan.memory.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private final Timeline plain = new Timeline(6, List.of(0), 0);
  private final Timeline cut = new Timeline(6, List.of(0, 2, 4), 0);

  private static List<Integer> backward(Timeline t) {
    return IntStream.range(0, 6).map(t::backward).boxed().toList();
  }

  private Slot settled(int... times) {
    Slot s = new Slot(64);
    IntStream.of(times).forEach(s::at);
    cut.settle(s);
    return s;
  }

  private static boolean isLive(Slot s, int time) {
    Slot now = new Slot(64);
    now.live(time, time, time, time);
    return s.meets(now);
  }

  private static List<Integer> live(Slot s) {
    return IntStream.range(0, 19).filter(t -> isLive(s, t)).boxed().toList();
  }

  @Test
  void backwardMirrorsForward() {
    assertThat(plain.loss()).isEqualTo(7);
    assertThat(backward(plain)).containsExactly(13, 12, 11, 10, 9, 8);
    assertThat(plain.end()).isEqualTo(14);
    assertThat(plain.forgets(0)).isFalse();
  }

  @Test
  void segmentsRunForwardAgainBeforeTheyRunBackward() {
    // 4 and 5 backward at 9 and 8; 2 and 3 again at 10 and 11; 0 and 1 again at 14 and 15
    assertThat(backward(cut)).containsExactly(17, 16, 13, 12, 9, 8);
    assertThat(cut.end()).isEqualTo(18);
    assertThat(cut.forgets(0)).isTrue();
    assertThat(cut.forgets(2)).isFalse();
  }

  @Test
  void aSegmentsOwnMemoryIsFreeInBetween() {
    assertThat(live(settled(1, 2, 16))).containsExactly(1, 2, 14, 15, 16);
    assertThat(live(settled(3))).as("a workspace").containsExactly(3, 10);
    assertThat(live(settled(5, 6, 8))).as("the last's").containsExactly(5, 6, 7, 8);
  }

  @Test
  void whatPassesBetweenSegmentsIsKept() {
    assertThat(live(settled(2, 3, 13)))
        .as("until its maker has run again")
        .containsExactly(IntStream.rangeClosed(2, 15).boxed().toArray(Integer[]::new));
    assertThat(live(settled(0, 1, 17))).as("images").hasSize(18);
    assertThat(live(settled(7, 9))).as("a gradient").containsExactly(7, 8, 9);
  }

  /** Chains 0 and 1 never run backward; 2 and 3 run again. */
  @Test
  void whatNeverRunsBackwardIsNotMadeAgain() {
    Timeline t = new Timeline(6, List.of(0, 2, 4), 1);
    assertThat(t.forgets(0)).isFalse();
    assertThat(t.forgets(1)).isTrue();
    assertThat(t.first()).isEqualTo(1);
    Slot value = new Slot(64).at(2).at(3);
    t.settle(value);
    assertThat(live(value)).as("read again by chain 2").containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10);
    Slot own = new Slot(64).at(1).at(2);
    t.settle(own);
    assertThat(live(own)).containsExactly(1, 2);
  }

  @Test
  void nothingInUseAtOneTimeOverlaps() {
    Random random = new Random(12);
    for (int round = 0; round < 50; round++) {
      Slab slab = new Slab();
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int chain = random.nextInt(6);
        int later = Math.min(5, chain + random.nextInt(3));
        Slot s = slab.slot(random.nextInt(2000));
        slots.add(s.at(cut.forward(chain)).at(cut.forward(later)));
        if (random.nextBoolean()) {
          s.at(cut.backward(chain));
        }
      }
      slab.place(cut);
      for (int time = 0; time < 19; time++) {
        for (Slot a : slots) {
          for (Slot b : slots) {
            boolean apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
            assertThat(a == b || !isLive(a, time) || !isLive(b, time) || apart).isTrue();
          }
        }
      }
    }
  }
}
