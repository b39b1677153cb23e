package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MeanAveragePrecisionTest {
  private static final Offset<Double> EXACT = within(1e-12);

  private static Detection found(double left, double width, double score) {
    return new Detection(new Box(left, 0, left + width, 100), 0, "c", score);
  }

  private static GroundTruthBox truth(double left) {
    return new GroundTruthBox(new Box(left, 0, left + 100, 100), 0);
  }

  @Test
  void oneRightOneWrongOneMissed() {
    // best first: right, wrong, right; three to find: recall 1/3, 1/3, 2/3, precision 1, 1/2, 2/3
    List<Detection> found =
        List.of(found(0, 100, 0.9), found(1000, 100, 0.8), found(200, 100, 0.7));
    List<GroundTruthBox> truth = List.of(truth(0), truth(200), truth(400));
    MeanAveragePrecision area = MeanAveragePrecision.voc().add(found, truth);
    assertThat(area.map()).isCloseTo(1 / 3.0 + 1 / 3.0 * 2 / 3, EXACT);
    MeanAveragePrecision eleven = MeanAveragePrecision.voc(0.5, true).add(found, truth);
    assertThat(eleven.map()).isCloseTo((4 * 1 + 3 * 2 / 3.0) / 11, EXACT); // 0 to 0.3, 0.4 to 0.6
    Map<String, Double> coco = MeanAveragePrecision.coco().add(found, truth).metrics();
    assertThat(coco.get("map")).isCloseTo((34 + 33 * 2 / 3.0) / 101, EXACT);
    assertThat(coco.get("map_50")).isCloseTo(coco.get("map"), EXACT);
    assertThat(coco.get("map_large")).isEqualTo(coco.get("map"));
    assertThat(coco.get("mar_1")).isCloseTo(1 / 3.0, EXACT);
    assertThat(coco.get("mar_10")).isCloseTo(2 / 3.0, EXACT);
    assertThat(coco.get("mar_100")).isEqualTo(coco.get("mar_10"));
    assertThat(coco.get("map_small")).isNaN();
    assertThat(area.images()).isEqualTo(1);
  }

  @Test
  void overlapsFromHalfTo095() {
    // 100 wide and 73 of it found: right at 0.5, 0.55, ..., 0.7
    Map<String, Double> coco =
        MeanAveragePrecision.coco().add(List.of(found(0, 73, 1)), List.of(truth(0))).metrics();
    assertThat(coco.get("map")).isCloseTo(0.5, EXACT);
    assertThat(coco.get("map_50")).isEqualTo(1);
    assertThat(coco.get("map_75")).isZero();
    // as much as the overlap is enough for COCO, not for VOC
    List<Detection> half = List.of(found(0, 50, 1));
    assertThat(MeanAveragePrecision.coco().add(half, List.of(truth(0))).metrics().get("map_50"))
        .isEqualTo(1);
    assertThat(MeanAveragePrecision.voc().add(half, List.of(truth(0))).map()).isZero();
  }

  @Test
  void aGroundTruthBoxIsFoundOnce() {
    List<Detection> twice = List.of(found(0, 100, 0.9), found(1, 100, 0.8), found(200, 100, 0.7));
    List<GroundTruthBox> truth = List.of(truth(0), truth(200));
    double map = 0.5 + 0.5 * 2 / 3;
    assertThat(MeanAveragePrecision.voc().add(twice, truth).map()).isCloseTo(map, EXACT);
  }

  @Test
  void ignoredBoxesDoNotCount() {
    GroundTruthBox ignored = new GroundTruthBox(new Box(500, 0, 700, 100), 0, true);
    List<GroundTruthBox> truth = List.of(truth(0), ignored);
    // two in the crowd, better than what is right
    List<Detection> found = List.of(found(500, 90, 0.95), found(600, 90, 0.9), found(0, 100, 0.8));
    assertThat(MeanAveragePrecision.coco().add(found, truth).map()).isEqualTo(1);
    assertThat(MeanAveragePrecision.coco().add(List.of(), truth).map()).isZero();
    // in VOC it is a box as others: half of it is not more than half
    assertThat(MeanAveragePrecision.voc().add(found, truth).map()).isCloseTo(1 / 3.0, EXACT);
    List<Detection> whole = List.of(found(500, 200, 0.95), found(0, 100, 0.8));
    assertThat(MeanAveragePrecision.voc().add(whole, truth).map()).isEqualTo(1);
  }

  @Test
  void areasDecideBySize() {
    GroundTruthBox small = new GroundTruthBox(new Box(0, 0, 10, 10), 0);
    GroundTruthBox medium = new GroundTruthBox(new Box(100, 0, 150, 50), 0);
    // the area that was marked, not that of the box
    GroundTruthBox thin = new GroundTruthBox(new Box(300, 0, 420, 120), 0, false, 900);
    List<Detection> found =
        List.of(new Detection(small.box(), 0, "c", 0.9), new Detection(medium.box(), 0, "c", 0.8));
    Map<String, Double> all =
        MeanAveragePrecision.coco().add(found, List.of(small, medium, thin)).metrics();
    assertThat(all.get("map_medium")).isEqualTo(1);
    assertThat(all.get("map_small")).isCloseTo(51 / 101.0, EXACT);
    assertThat(all.get("map_large")).isNaN();
    assertThat(all.get("mar_small")).isEqualTo(0.5);
  }

  @Test
  void meansAreOverClassesThatOccur() {
    Detection other = new Detection(new Box(0, 0, 9, 9), 7, "never there", 0.9);
    GroundTruthBox missed = new GroundTruthBox(new Box(0, 0, 9, 9), 2);
    MeanAveragePrecision both =
        MeanAveragePrecision.voc()
            .add(List.of(found(0, 100, 1), other), List.of(truth(0), missed))
            .add(List.of(), List.of());
    assertThat(both.map()).isEqualTo(0.5);
    assertThat(both.byClass()).isEqualTo(Map.of(0, 1.0, 2, 0.0));
    assertThat(both.images()).isEqualTo(2);
    assertThat(MeanAveragePrecision.coco().map()).isNaN();
  }

  @Test
  void isThatOfASlowSecondOne() {
    Random random = new Random(3);
    for (int round = 0; round < 60; round++) {
      List<List<Detection>> found = new ArrayList<>();
      List<List<GroundTruthBox>> truth = new ArrayList<>();
      MeanAveragePrecision coco = MeanAveragePrecision.coco();
      MeanAveragePrecision voc = MeanAveragePrecision.voc();
      for (int picture = 0; picture < 6; picture++) {
        truth.add(boxes(random));
        found.add(near(random, truth.get(picture)));
        coco.add(found.get(picture), truth.get(picture));
        voc.add(found.get(picture), truth.get(picture));
      }
      SlowAveragePrecision slow = new SlowAveragePrecision(found, truth);
      Map<String, Double> wanted = slow.coco();
      coco.metrics().forEach((name, score) -> same(name, score, wanted.get(name)));
      assertThat(coco.metrics()).hasSize(12).hasSameSizeAs(wanted);
      same("voc", voc.map(), slow.voc());
    }
  }

  private static void same(String name, double score, double wanted) {
    if (Double.isNaN(wanted)) {
      assertThat(score).as(name).isNaN();
    } else {
      assertThat(score).as(name).isCloseTo(wanted, EXACT);
    }
  }

  private static List<GroundTruthBox> boxes(Random random) {
    List<GroundTruthBox> all = new ArrayList<>();
    for (int i = 0; i < random.nextInt(7); i++) {
      double side = Math.exp(2 + 3 * random.nextDouble());
      Box box = Box.centered(random.nextInt(200), random.nextInt(200), side, side);
      all.add(new GroundTruthBox(box, random.nextInt(3), random.nextInt(5) == 0));
    }
    return all;
  }

  /** Some of them, shifted, twice, or of another class, and more than COCO takes of one picture. */
  private static List<Detection> near(Random random, List<GroundTruthBox> truth) {
    List<Detection> all = new ArrayList<>();
    for (int i = 0; i < (random.nextInt(9) == 0 ? 250 : 12); i++) {
      Box box = Box.centered(random.nextInt(200), random.nextInt(200), 30, 30);
      int classIndex = random.nextInt(4);
      if (!truth.isEmpty() && i < 10) {
        GroundTruthBox of = truth.get(random.nextInt(truth.size()));
        double d = of.box().width() * 0.3 * random.nextGaussian() * random.nextInt(2);
        Box b = of.box();
        box = new Box(b.left() + d, b.top(), b.right() + d, b.bottom());
        classIndex = random.nextInt(6) == 0 ? classIndex : of.classIndex();
      }
      all.add(new Detection(box, classIndex, "c", random.nextInt(20) / 20.0));
    }
    return all;
  }

  @Test
  void refusesNulls() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> MeanAveragePrecision.coco().add(null, List.of()),
            () -> MeanAveragePrecision.coco().add(List.of(), null),
            () -> MeanAveragePrecision.voc(1, false),
            () -> MeanAveragePrecision.voc(Double.NaN, false))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
