package dev.quern.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Linear;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoxLossTest {
  private static CustomLoss.Pass pass(Shape shape, int samples, double[] outputs, double[] wanted) {
    return new CustomLoss.Pass(shape, shape, samples, outputs, wanted, new double[outputs.length]);
  }

  private static double loss(BoxIou loss, double[] box, double[] wanted) {
    return pass(Shape.of(4), 1, box, wanted).run(loss);
  }

  @Test
  void overlapOfBoxes() {
    double[] a = {0, 0, 4, 2};
    double[] b = {2, 1, 6, 3}; // 2 of 14, in 18
    double[] far = {8, 0, 10, 2}; // nothing of 12, in 20
    BoxIou plain = new BoxIou(false, Loss.Reduction.MEAN);
    assertThat(loss(plain, a, b)).isCloseTo(1 - 2 / 14.0, within(1e-12));
    assertThat(loss(new BoxIou(), a, b)).isCloseTo(1 - 2 / 14.0 + 4 / 18.0, within(1e-12));
    assertThat(loss(plain, a, far)).isEqualTo(1);
    assertThat(loss(new BoxIou(), a, far)).isCloseTo(1 + 8 / 20.0, within(1e-12));
    assertThat(loss(new BoxIou(), a, a)).isZero();
    assertThat(loss(new BoxIou(), new double[4], new double[4])).isEqualTo(1);
  }

  @Test
  void meanAndSumOverBoxes() {
    Shape rows = Shape.of(3, 4);
    double[] outputs = new double[24];
    double[] wanted = new double[24];
    draw(new Random(1), outputs, wanted);
    double mean = pass(rows, 2, outputs, wanted).run(new BoxIou());
    BoxIou sum = new BoxIou(true, Loss.Reduction.SUM);
    assertThat(pass(rows, 2, outputs, wanted).run(sum)).isCloseTo(6 * mean, within(1e-12));
    assertThat(sum.plain()).isEqualTo(new BoxIou());
  }

  private static void draw(Random random, double[] outputs, double[] wanted) {
    for (int i = 0; i < outputs.length; i += 4) {
      for (double[] to : List.of(outputs, wanted)) {
        to[i] = random.nextGaussian();
        to[i + 1] = random.nextGaussian();
        to[i + 2] = to[i] + 2 * random.nextDouble();
        to[i + 3] = to[i + 1] + 2 * random.nextDouble();
      }
    }
  }

  @Test
  void gradientsOfOverlaps() {
    for (boolean generalized : new boolean[] {false, true}) {
      for (Loss.Reduction reduction : Loss.Reduction.values()) {
        double[] outputs = new double[4 * 200];
        double[] wanted = new double[outputs.length];
        draw(new Random(2), outputs, wanted);
        check(new BoxIou(generalized, reduction), Shape.of(50, 4), 4, outputs, wanted);
      }
    }
  }

  private static void check(
      CustomLoss loss, Shape shape, int samples, double[] outputs, double[] wanted) {
    CustomLoss.Pass at = pass(shape, samples, outputs, wanted);
    at.run(loss);
    double step = 1e-6;
    for (int i = 0; i < outputs.length; i++) {
      double own = outputs[i];
      outputs[i] = own + step;
      double up = pass(shape, samples, outputs, wanted).run(loss);
      outputs[i] = own - step;
      double down = pass(shape, samples, outputs, wanted).run(loss);
      outputs[i] = own;
      assertThat(at.gradient()[i])
          .as("output %s", i)
          .isCloseTo((up - down) / (2 * step), within(1e-7));
    }
  }

  private static double[] targets(Shape shape, int samples) {
    double[] all = new double[samples * (int) shape.elements()];
    for (int i = 0; i < samples; i++) {
      List<GroundTruthBox> boxes =
          List.of(
              new GroundTruthBox(new Box(1 + i, 2, 17, 15), 1),
              new GroundTruthBox(new Box(14, 10, 31, 30), 0),
              new GroundTruthBox(new Box(20, 0, 32, 14), 0, true));
      float[] own = PointTargets.of(boxes, 4, shape);
      for (int j = 0; j < own.length; j++) {
        all[i * own.length + j] = own[j];
      }
    }
    return all;
  }

  @Test
  void gradientsOfPoints() {
    Shape shape = Shape.of(6, 8, 8);
    Random random = new Random(3);
    double[] outputs = random.doubles(2 * 6 * 64, -2, 2).toArray();
    for (PointLoss loss :
        List.of(new PointLoss(), new PointLoss(0.5, 0, 2), new PointLoss(1, 1.5, 0))) {
      check(loss, shape, 2, outputs, targets(shape, 2));
    }
  }

  @Test
  void isTheFocalLossAndTheOverlapOfBoxes() {
    Shape shape = Shape.of(5, 1, 2); // one class, two cells, the first of which has a box
    double[] wanted = {1, 0, 1, 0, 2, 0, 3, 0, 4, 0};
    double[] outputs = {0.5, -1, 0.1, 9, 0.2, 9, 0.3, 9, 0.4, 9};
    double p = 1 / (1 + Math.exp(-0.5));
    double q = 1 / (1 + Math.exp(1));
    double focal = -0.25 * (1 - p) * (1 - p) * Math.log(p) - 0.75 * q * q * Math.log(1 - q);
    double[] box = {-Math.exp(0.1), -Math.exp(0.2), Math.exp(0.3), Math.exp(0.4)};
    double giou = loss(new BoxIou(), box, new double[] {-1, -2, 3, 4});
    assertThat(pass(shape, 1, outputs, wanted).run(new PointLoss(0.25, 2, 3)))
        .isCloseTo(focal + 3 * giou, within(1e-12));
    // a cell that is ignored has no part
    wanted[1] = -1;
    CustomLoss.Pass ignored = pass(shape, 1, outputs, wanted);
    assertThat(ignored.run(new PointLoss(0.25, 2, 0)))
        .isCloseTo(-0.25 * (1 - p) * (1 - p) * Math.log(p), within(1e-12));
    assertThat(ignored.gradient()[1]).isZero();
    assertThat(ignored.gradient()[3]).isZero();
  }

  @Test
  void targetsAreReadBackAsTheBoxes() {
    Shape shape = Shape.of(6, 8, 8);
    float[] targets =
        PointTargets.of(
            List.of(
                new GroundTruthBox(new Box(1, 2, 17, 15), 1),
                new GroundTruthBox(new Box(14, 10, 31, 30), 0),
                new GroundTruthBox(new Box(0, 0, 1, 1), 0), // no cell's center is in it
                new GroundTruthBox(new Box(-40, -40, 72, 72), 0, true)),
            4,
            shape);
    int found = 0;
    for (int cell = 0; cell < 64; cell++) {
      if (targets[cell] < 0) {
        assertThat(targets[64 + cell]).isEqualTo(-1);
        continue;
      }
      found++;
      int classIndex = targets[cell] > 0 ? 0 : 1;
      assertThat(targets[classIndex * 64 + cell]).isEqualTo(1);
      double x = cell % 8 * 4 + 2;
      double y = cell / 8 * 4 + 2;
      double[] d = new double[4];
      for (int side = 0; side < 4; side++) {
        d[side] = 4 * targets[(2 + side) * 64 + cell];
      }
      Box box = new Box(x - d[0], y - d[1], x + d[2], y + d[3]);
      assertThat(box).isEqualTo(classIndex == 1 ? new Box(1, 2, 17, 15) : new Box(14, 10, 31, 30));
    }
    assertThat(found).isEqualTo(21); // three by three, and three by four
  }

  @Test
  void levelsTakeBoxesBySize() {
    Shape shape = Shape.of(5, 8, 8);
    List<GroundTruthBox> boxes =
        List.of(
            new GroundTruthBox(new Box(0, 0, 8, 8), 0),
            new GroundTruthBox(new Box(8, 8, 30, 20), 0));
    assertThat(count(PointTargets.of(boxes, 4, shape, 0, 8))).isEqualTo(4);
    assertThat(count(PointTargets.of(boxes, 4, shape, 8, 22))).isEqualTo(9);
    assertThat(count(PointTargets.of(boxes, 4, shape))).isEqualTo(13);
  }

  private static long count(float[] targets) {
    long count = 0;
    for (int i = 0; i < 64; i++) {
      count += targets[i] > 0 ? 1 : 0;
    }
    return count;
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> new BoxIou().targets(Shape.of(4, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("box_iou: output 4x3 must have shape [..., 4]");
    assertThatThrownBy(() -> new PointLoss().targets(Shape.of(4, 3, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("point_loss: output 4x3x3 must have shape [C + 4, H, W]");
    assertThatThrownBy(() -> new BoxIou().loss(CustomLoss.Pass.of(Shape.of(4), Shape.of(2), 1)))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(
            () -> new PointLoss().loss(CustomLoss.Pass.of(Shape.of(5, 1, 1), Shape.of(2), 1)))
        .isInstanceOf(ShapeException.class);
    Network flat = Network.of("flat", Shape.of(4), new Linear(6));
    for (CustomLoss loss : List.of(new PointLoss(), new BoxIou())) {
      assertThatThrownBy(() -> Trainer.builder(flat).loss(loss).build())
          .isInstanceOf(ShapeException.class)
          .hasMessageStartingWith(loss.type() + ": output 6 must have shape [");
    }
    List<GroundTruthBox> other = List.of(new GroundTruthBox(new Box(0, 0, 1, 1), 1));
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new PointLoss(2, 0, 0),
            () -> new PointLoss(0, -1, 0),
            () -> new PointLoss(0, 0, Double.NaN),
            () -> new BoxIou(true, null),
            () -> PointTargets.of(other, 4, Shape.of(5, 8, 8)),
            () -> PointTargets.of(other, 0, Shape.of(6, 8, 8)),
            () -> PointTargets.of(null, 4, Shape.of(5, 8, 8)))) {
      assertThatThrownBy(wrong::run).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
