package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NmsTest {
  private static Detection at(double left, int classIndex, double score) {
    return new Detection(new Box(left, 0, left + 10, 10), classIndex, "c", score);
  }

  @Test
  void theBetterOfTwoThatOverlapStays() {
    Detection best = at(0, 0, 0.9);
    Detection near = at(2, 0, 0.8); // iou 8 / 12
    Detection far = at(6, 0, 0.7); // iou 4 / 16 with the best
    Detection other = at(1, 1, 0.6); // of another class
    assertThat(new Nms().apply(List.of(far, other, near, best))).containsExactly(best, far, other);
    assertThat(new Nms().iou(0.2).apply(List.of(far, near, best))).containsExactly(best);
    assertThat(new Nms().iou(8 / 12.0).apply(List.of(near, best)))
        .containsExactly(best, near); // as much as the threshold is not above it
  }

  @Test
  void whatIsSuppressedSuppressesNothing() {
    Detection best = at(0, 0, 0.9);
    Detection next = at(3, 0, 0.8);
    Detection last = at(6, 0, 0.7); // overlaps the next, not the best
    assertThat(new Nms().apply(List.of(best, next, last))).containsExactly(best, last);
  }

  @Test
  void equalScoresKeepTheirOrder() {
    Detection a = at(0, 0, 0.75);
    Detection b = at(1, 0, 0.75);
    Detection c = at(50, 0, 0.75);
    assertThat(new Nms().apply(List.of(a, b, c))).containsExactly(a, c);
    assertThat(new Nms().apply(List.of(c, b, a))).containsExactly(c, b);
  }

  @Test
  void thresholdAndCounts() {
    List<Detection> apart = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      apart.add(at(20 * i, 0, 0.3 + 0.1 * i));
    }
    assertThat(new Nms().score(apart.get(2).score()).apply(apart)).hasSize(5);
    assertThat(new Nms().score(0).counts(1000, 3).apply(apart))
        .containsExactly(apart.get(7), apart.get(6), apart.get(5));
    // of equals the first take part
    List<Detection> equal = List.of(at(0, 0, 0.6), at(20, 0, 0.6), at(40, 0, 0.6));
    assertThat(new Nms().counts(2, 100).apply(equal)).isEqualTo(equal.subList(0, 2));
    assertThat(new Nms().apply(List.of())).isEmpty();
  }

  @Test
  void isThatOfTheDefinition() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      List<Detection> all = new ArrayList<>();
      for (int i = 0; i < random.nextInt(40); i++) {
        Box box = Box.centered(random.nextInt(20), random.nextInt(20), 1 + random.nextInt(9), 6);
        all.add(new Detection(box, random.nextInt(3), "c", random.nextInt(10) / 10.0));
      }
      assertThat(new Nms(0.2, 0.4, 30, 12).apply(all)).isEqualTo(byDefinition(all));
    }
  }

  private static List<Detection> byDefinition(List<Detection> all) {
    List<Detection> sorted = new ArrayList<>(all);
    sorted.removeIf(d -> d.score() <= 0.2);
    sorted.sort(Comparator.comparingDouble(Detection::score).reversed());
    List<Detection> left = new ArrayList<>(sorted.subList(0, Math.min(30, sorted.size())));
    List<Detection> kept = new ArrayList<>();
    while (!left.isEmpty()) {
      Detection best = left.remove(0);
      kept.add(best);
      left.removeIf(d -> d.classIndex() == best.classIndex() && d.box().iou(best.box()) > 0.4);
    }
    return kept.subList(0, Math.min(12, kept.size()));
  }

  @Test
  void refusesWhatIsOutside() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new Nms().score(Double.NaN),
            () -> new Nms().iou(-0.1),
            () -> new Nms().iou(1.1),
            () -> new Nms().iou(Double.NaN),
            () -> new Nms().counts(0, 1),
            () -> new Nms().counts(1, 10_001),
            () -> new Nms().apply(null))) {
      assertThatThrownBy(wrong::run)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageStartingWith("nms: ");
    }
  }
}
