package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The learning-rate range test. */
class LearningRateFinderTest {
  private static final Dataset DATA = Synthetic.quarters(96, 1);
  private static final Network NET =
      Network.of("linear", Shape.of(1, 12, 12), new Flatten(), new Linear(4));

  /** More samples than a linear layer can keep, so that there is nothing to learn. */
  private static Dataset noise() {
    Random random = new Random(1);
    float[] values = new float[3200 * 144];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    int[] labels = random.ints(3200, 0, 4).toArray();
    return Dataset.of("noise", NET.input(), List.of("a", "b", "c", "d"), values, labels);
  }

  private static TrainerBuilder settings() {
    return Trainer.builder(NET).batch(16).optimizer(new Sgd(0.05f, 0.9f)).seed(3);
  }

  private static List<Double> lrs(LearningRateCurve c) {
    return c.points().stream().map(LearningRateCurve.Point::lr).toList();
  }

  @Test
  void ratesRiseExponentially() {
    LearningRateCurve c =
        new LearningRateFinder(1e-4, 1, 9, Double.POSITIVE_INFINITY).find(settings(), DATA);
    assertThat(c.diverged()).isFalse();
    assertThat(c.points()).hasSize(9);
    for (int i = 0; i < 9; i++) {
      assertThat(lrs(c).get(i)).isEqualTo(Math.pow(10, -4 + i / 2.0), offset(1e-9));
    }
  }

  @Test
  void ratesMayBeFartherApartThanADoubleHolds() {
    LearningRateCurve c =
        new LearningRateFinder(1e-200, 1e200, 5, Double.POSITIVE_INFINITY).find(settings(), DATA);
    assertThat(lrs(c).get(0)).isEqualTo(1e-200, offset(1e-209));
    assertThat(lrs(c).get(1)).isEqualTo(1e-100, offset(1e-109));
  }

  /** The same as a training whose schedule is written by hand. */
  @Test
  void lossesAreThoseOfTraining() {
    LearningRateFinder finder = new LearningRateFinder(1e-3, 0.1, 8, Double.POSITIVE_INFINITY);
    LearningRateCurve c = finder.find(settings(), DATA);
    List<Double> losses = new ArrayList<>();
    Schedule rises =
        at -> {
          double part = Math.min(at.step(), 7) / 7.0;
          return Math.pow(1e-3, 1 - part) * Math.pow(0.1, part) / 0.05f;
        };
    try (Trainer t = settings().schedule(rises).build()) {
      t.fit(
          DATA,
          2,
          new TrainingListener() {
            @Override
            public void onStep(Step step) {
              losses.add(step.loss());
            }
          });
    }
    assertThat(c.points().stream().map(LearningRateCurve.Point::loss).toList())
        .isEqualTo(losses.subList(0, 8));
    double mean = 0;
    for (int i = 0; i < 8; i++) {
      mean = 0.98 * mean + 0.02 * losses.get(i);
      assertThat(c.points().get(i).smoothed())
          .isEqualTo(mean / (1 - Math.pow(0.98, i + 1)), offset(1e-12));
    }
    assertThat(finder.find(settings(), DATA)).isEqualTo(c);
    assertThat(finder.find(settings(), named())).isEqualTo(c);
  }

  private static MultiDataset named() {
    return MultiDataset.of(
        Map.of(NET.inputs().keySet().iterator().next(), DATA), Map.of(NET.outputs().get(0), DATA));
  }

  @Test
  void aGrowingLossEndsIt() {
    LearningRateCurve c = new LearningRateFinder(1e-4, 1e6, 200, 2).find(settings(), noise());
    assertThat(c.diverged()).isTrue();
    assertThat(c.points()).hasSizeBetween(20, 199);
    double steepest = c.steepest().orElseThrow();
    assertThat(steepest).isBetween(1e-4, 10.0);
    assertThat(c.tenthOfMinimum().orElseThrow()).isBetween(1e-4, 10.0);
  }

  /** Not the exception of a training. */
  @Test
  void aLossThatIsNoNumberEndsIt() {
    LearningRateFinder finder = new LearningRateFinder(1e-3, 3e38, 60, Double.POSITIVE_INFINITY);
    LearningRateCurve c = finder.find(settings(), noise());
    assertThat(c.diverged()).isTrue();
    assertThat(c.points()).hasSizeBetween(5, 59);
    assertThat(c.points()).allMatch(p -> Double.isFinite(p.loss()));
  }

  @Test
  void settingsStayAsTheyAre() {
    TrainerBuilder b =
        settings()
            .schedule(Schedule.cosine())
            .validation(DATA)
            .earlyStopping(new EarlyStopping(1))
            .reduceOnPlateau(new ReduceOnPlateau());
    Map<String, float[]> before;
    History first;
    try (Trainer t = b.build()) {
      before = t.modelData(Map.of()).weights();
      first = t.fit(DATA, 2);
    }
    new LearningRateFinder(1e-4, 1, 20, 4).find(b, DATA);
    try (Trainer t = b.build()) {
      assertThat(t.modelData(Map.of()).weights()).usingRecursiveComparison().isEqualTo(before);
      History again = t.fit(DATA, 2);
      assertThat(again.epochs().get(1).loss()).isEqualTo(first.epochs().get(1).loss());
      assertThat(again.epochs().get(1).validation()).isPresent();
    }
  }

  /** A rate for each update, whose loss is the mean of its steps'. */
  @Test
  void accumulatedStepsAreOnePoint() {
    LearningRateCurve c =
        new LearningRateFinder(1e-4, 1e-2, 5, 4).find(settings().accumulate(4), DATA);
    assertThat(c.points()).hasSize(5);
    assertThat(lrs(c).get(4)).isEqualTo(1e-2, offset(1e-9));
  }

  @Test
  void anInterruptEndsIt() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> new LearningRateFinder().find(settings(), DATA))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("learning rate finder: it was interrupted before step 1");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void suggestionsAreOfTheSmoothedLoss() {
    List<LearningRateCurve.Point> points = new ArrayList<>();
    double[] smoothed = {9, 1, 4, 3.9, 3.2, 2, 1.5, 1.4, 1.6, 2, 3};
    for (int i = 0; i < smoothed.length; i++) {
      points.add(new LearningRateCurve.Point(Math.pow(10, i - 6), 1, smoothed[i]));
    }
    LearningRateCurve c = new LearningRateCurve(points, false);
    assertThat(c.steepest().orElseThrow()).isEqualTo(0.01);
    LearningRateCurve late = new LearningRateCurve(points.subList(2, 11), false);
    assertThat(late.steepest().orElseThrow()).isEqualTo(0.01);
    assertThat(late.tenthOfMinimum().orElseThrow()).isEqualTo(1, offset(1e-12));
    LearningRateCurve falling = new LearningRateCurve(points.subList(2, 8), false);
    assertThat(falling.steepest()).isPresent();
    assertThat(falling.tenthOfMinimum()).isEmpty();
    LearningRateCurve few = new LearningRateCurve(points.subList(2, 6), false);
    assertThat(few.steepest()).isEmpty();
    assertThat(few.tenthOfMinimum()).isEmpty();
  }

  private static void refused(Runnable r, String part) {
    assertThatThrownBy(r::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void refusesWhatCannotBe() {
    refused(() -> new LearningRateFinder(0, 1, 10, 4), "from 0.0 to 1.0");
    refused(() -> new LearningRateFinder(1, 1, 10, 4), "from 1.0 to 1.0");
    refused(() -> new LearningRateFinder(Double.NaN, 1, 10, 4), "from NaN");
    refused(() -> new LearningRateFinder(1, Double.POSITIVE_INFINITY, 10, 4), "to Infinity");
    refused(() -> new LearningRateFinder(1e-3, 1, 1, 4), "steps 1 must be from 2 to 100000");
    refused(() -> new LearningRateFinder(1e-3, 1, 100_001, 4), "steps 100001");
    refused(() -> new LearningRateFinder(1e-3, 1, 10, 1), "divergence 1.0 must be greater than 1");
    refused(
        () -> new LearningRateFinder().find(settings().optimizer(new Sgd(0)), DATA),
        "the optimizer's learning rate must be above 0, found 0.0");
    refused(() -> new LearningRateFinder().find(settings(), DATA.slice(0, 0)), "is empty");
    refused(() -> new LearningRateFinder().find(null, DATA), "settings");
    refused(() -> new LearningRateFinder().find(settings(), (Dataset) null), "data");
    refused(() -> new LearningRateCurve(List.of(), true), "the list of points is empty");
    refused(() -> new LearningRateCurve.Point(0, 1, 1), "lr 0.0 must be finite and above 0");
    LearningRateCurve.Point p = new LearningRateCurve.Point(1, 1, 1);
    refused(() -> new LearningRateCurve(List.of(p, p), true), "lr 1.0 must be greater than");
  }
}
