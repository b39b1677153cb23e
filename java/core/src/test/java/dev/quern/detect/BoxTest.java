package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoxTest {
  @Test
  void intersectionOverUnion() {
    Box a = new Box(0, 0, 4, 2);
    Box b = new Box(2, 1, 6, 3);
    assertThat(a.area()).isEqualTo(8);
    assertThat(a.intersection(b)).isEqualTo(2);
    assertThat(a.iou(b)).isEqualTo(2 / 14.0).isEqualTo(b.iou(a));
    assertThat(a.iou(a)).isEqualTo(1);
    assertThat(a.iou(new Box(4, 0, 5, 2))).isZero(); // they touch
    assertThat(a.iou(new Box(5, 5, 6, 6))).isZero();
    Box empty = new Box(1, 1, 1, 2);
    assertThat(empty.iou(empty)).isZero();
    assertThat(empty.iou(a)).isZero();
  }

  @Test
  void movesAndScales() {
    assertThat(Box.centered(5, 6, 4, 2)).isEqualTo(new Box(3, 5, 7, 7));
    assertThat(new Box(-1, 2, 9, 12).clipped(8, 10)).isEqualTo(new Box(0, 2, 8, 10));
    assertThat(new Box(-5, -5, -1, 3).clipped(8, 10)).isEqualTo(new Box(0, 0, 0, 3));
    assertThat(new Box(1, 2, 3, 4).scaled(2, 10)).isEqualTo(new Box(2, 20, 6, 40));
    GroundTruthBox crowd = new GroundTruthBox(new Box(0, 0, 1, 2), 3, true, 1.5).scaled(10, 2);
    assertThat(crowd).isEqualTo(new GroundTruthBox(new Box(0, 0, 10, 4), 3, true, 30));
    assertThat(new GroundTruthBox(new Box(0, 0, 3, 2), 0).area()).isEqualTo(6);
  }

  @Test
  void areasOfTheLargestAreFinite() {
    double most = Float.MAX_VALUE;
    Box all = new Box(-most, -most, most, most);
    assertThat(all.iou(all)).isCloseTo(1, within(1e-12));
    assertThatThrownBy(() -> new Box(0, 0, 1e39, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("right 1.0E39");
  }

  @Test
  void refusesWhatIsNoBox() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new Box(2, 0, 1, 1),
            () -> new Box(0, 2, 1, 1),
            () -> new Box(Double.NaN, 0, 1, 1),
            () -> new Box(0, 0, 1, Double.POSITIVE_INFINITY),
            () -> Box.centered(0, 0, -1, 1),
            () -> new Box(0, 0, 1, 1).iou(null),
            () -> new GroundTruthBox(null, 0),
            () -> new GroundTruthBox(new Box(0, 0, 1, 1), -1),
            () -> new GroundTruthBox(new Box(0, 0, 1, 1), 0, false, Double.NaN),
            () -> new Detection(new Box(0, 0, 1, 1), 0, "a", Double.NaN),
            () -> new Detection(new Box(0, 0, 1, 1), -1, "a", 1),
            () -> new Detection(new Box(0, 0, 1, 1), 0, null, 1))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
