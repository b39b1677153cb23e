package dev.quern.fuzz.api;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.CustomAugmentation;
import dev.quern.augment.CutMix;
import dev.quern.augment.Cutout;
import dev.quern.augment.GaussianNoise;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.TrivialAugment;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.engine.Precision;
import dev.quern.init.CustomInit;
import dev.quern.init.FanMode;
import dev.quern.init.Init;
import dev.quern.init.Nonlinearity;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Goal;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.train.EarlyStopping;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Settings of a training run, most of them sound. */
final class Settings {
  private static final int KINDS = 18;

  private Settings() {}

  /** Up to five of what a builder can be told. */
  static TrainerBuilder some(TrainerBuilder b, World w) {
    Draw d = w.draw;
    b.seed(d.below(5)).optimizer(optimizer(d));
    for (int i = d.below(6); i > 0; i--) {
      one(b, w, d);
    }
    return b;
  }

  private static void one(TrainerBuilder b, World w, Draw d) {
    switch (d.below(KINDS)) {
      case 0 -> b.schedule(schedule(d, 3));
      case 1 -> b.group(new ParameterGroup(pattern(w), d.of(0f, 1f, 0.1f), d.of(0f, Float.NaN)));
      case 2 -> b.decayWeightsOnly();
      case 3 -> b.clipNorm(d.of(1e-3, 1.0, 1e30));
      case 4 -> b.clipValue(d.of(1e-3, 1.0, 1e30));
      case 5 -> b.accumulate(d.between(1, 4));
      case 6 -> b.recompute();
      case 7 -> b.ema(d.of(0.0, 0.5, 0.999));
      case 8 -> b.lookahead(new Lookahead(d.between(1, 3), d.of(0.5f, 1f)));
      case 9 -> {
        b.freeze(pattern(w));
        if (d.once(3)) {
          b.moveFrozenStatistics();
        }
      }
      case 10 -> b.augment(augmentation(d));
      case 11 -> b.validation(w.samples);
      case 12 -> b.validation(w.samples).earlyStopping(earlyStopping(d));
      case 13 -> b.initialize(pattern(w), init(d));
      case 14 -> b.precision(precision(d));
      case 15 -> b.normalization(w.data.normalization());
      case 16 -> b.mix(mix(d), mix(d));
      case 17 -> b.sampler(d.of(Sampler.SEQUENTIAL, Sampler.SHUFFLED, Sampler.weighted(1, 2)));
      default -> throw new IllegalStateException("a kind that is not here");
    }
  }

  private static String pattern(World w) {
    List<String> names = new ArrayList<>(List.of("*", "*.weight", "*.bias", "l1.*", "nobody"));
    names.addAll(w.network.parameters().keySet());
    return w.draw.of(names);
  }

  static Optimizer optimizer(Draw d) {
    return switch (d.below(8)) {
      case 0 -> new Sgd(0.01f);
      case 1 -> new Sgd(0.01f, 0.9f, 1e-4f, true);
      case 2 -> new Adam();
      case 3 -> new AdamW().withLr(1e-2f);
      case 4 -> new RmsProp();
      case 5 -> new Muon();
      case 6 -> new OwnOptimizer(0.01f, 0, d.below(3), d.once(3) ? d.below(9) : -1);
      default -> new Sgd(d.of(0f, 0.1f, 1e30f, Float.MAX_VALUE), 0.5f);
    };
  }

  static Loss loss(Draw d) {
    return switch (d.below(13)) {
      case 0 -> new CrossEntropy(d.of(0f, 0.1f, 1f));
      case 1 -> new CrossEntropy(0.1f, weights(d), reduction(d));
      case 2 -> new BceWithLogits();
      case 3 -> new BceWithLogits(weights(d), d.once(2) ? null : weights(d), reduction(d));
      case 4 -> new Huber(d.of(1e-3, 1.0, 5.0), reduction(d));
      case 5 -> new CrossEntropy(0.1f, null, reduction(d), d.of(0, 1, 255, -100));
      case 6 -> new SigmoidFocal(d.of(-1.0, 0.25, 1.0), d.of(0.0, 0.5, 2.0), reduction(d));
      case 7 -> new SoftmaxFocal(d.of(0.0, 0.5, 2.0), weights(d), reduction(d), d.of(1, -100));
      case 8 -> new Dice(d.of(0.0, 1.0), reduction(d), d.of(0, -100));
      case 9 -> new OwnLoss(d.of("own", "mse", "dice", ""), d.once(2) ? 0 : d.between(2, 9));
      case 10 -> new BoxIou(d.once(2), reduction(d));
      case 11 -> new PointLoss(d.of(0.0, 0.25, 1.0), d.of(0.0, 2.0), d.of(0.0, 1.0));
      default -> new Mse(reduction(d));
    };
  }

  /** One that takes a label at each position. */
  static Loss ofPositions(Draw d) {
    return switch (d.below(3)) {
      case 0 -> new CrossEntropy(0.1f, null, reduction(d), d.of(0, 1, 255, -100));
      case 1 -> new SoftmaxFocal(2, null, reduction(d), d.of(1, -100));
      default -> new Dice(1, reduction(d), d.of(0, -100));
    };
  }

  private static Loss.Reduction reduction(Draw d) {
    return d.of(Loss.Reduction.values());
  }

  private static float[] weights(Draw d) {
    float[] all = new float[d.between(1, 6)];
    for (int i = 0; i < all.length; i++) {
      all[i] = d.of(0f, 0.5f, 1f, 2f);
    }
    return all;
  }

  static Schedule schedule(Draw d, int depth) {
    if (depth == 0) {
      return Schedule.constant();
    }
    return switch (d.below(11)) {
      case 0 -> Schedule.step(d.between(1, 3), 0.5);
      case 1 -> Schedule.multiStep(0.1, 1, 2);
      case 2 -> Schedule.exponential(0.9);
      case 3 -> Schedule.polynomial(2);
      case 4 -> Schedule.cosine(0.1);
      case 5 -> Schedule.triangular(0.3, 0.1, 0.1);
      case 6 -> Schedule.oneCycle();
      case 7 -> Schedule.warmUp(d.between(1, 4), schedule(d, depth - 1));
      case 8 -> Schedule.warmUpFraction(0.4, schedule(d, depth - 1));
      case 9 -> Schedule.byEpoch(schedule(d, depth - 1));
      default ->
          Schedule.sequence(
              List.of(schedule(d, depth - 1), schedule(d, depth - 1)), d.between(1, 2));
    };
  }

  static Init init(Draw d) {
    return switch (d.below(8)) {
      case 0 -> Init.kaimingUniform();
      case 1 -> Init.kaimingNormal(0.1, d.of(FanMode.values()), d.of(Nonlinearity.values()));
      case 2 -> Init.xavierUniform(1);
      case 3 -> Init.normal(0, d.of(0.0, 0.1, 1e30));
      case 4 -> Init.uniform(-0.1, 0.1);
      case 5 -> Init.dirac(d.between(1, 2));
      case 6 -> ownInit(d.once(4));
      default -> Init.constant(d.of(0f, 0.1f));
    };
  }

  static Augmentation[] augmentation(Draw d) {
    return switch (d.below(6)) {
      case 0 -> new Augmentation[] {new RandomCrop(d.below(3))};
      case 1 -> new Augmentation[] {new AlternatingFlip(), new RandomCrop(2, PaddingMode.REFLECT)};
      case 4 -> new Augmentation[] {new RandomResizedCrop(), new GaussianNoise(0.1), new Cutout(2)};
      case 5 ->
          new Augmentation[] {new TrivialAugment(), new RandomRotation(d.of(0.0, 20.0, 999.0))};
      case 2 -> new Augmentation[] {ownAugmentation(d.once(4)), new RandomHorizontalFlip()};
      default -> new Augmentation[] {new RandomHorizontalFlip(0.2), new RandomCrop(1)};
    };
  }

  static Mix mix(Draw d) {
    double alpha = d.of(1.0, 0.2, 1e-9, 0.0);
    return d.once(2) ? new MixUp(alpha) : new CutMix(alpha);
  }

  private static CustomInit ownInit(boolean bad) {
    return (shape, random, values) ->
        Arrays.fill(values, bad ? Float.NaN : (float) random.uniform());
  }

  private static CustomAugmentation ownAugmentation(boolean throwing) {
    return (pixels, shape, random) -> {
      pixels[random.below(pixels.length)] = 7;
      if (throwing && random.chance(0.1)) {
        throw new Thrown.Unchecked(true);
      }
    };
  }

  static EarlyStopping earlyStopping(Draw d) {
    return new EarlyStopping(d.of(Goal.LOSS, Goal.ACCURACY), 1, d.of(0.0, 0.1));
  }

  static Precision precision(Draw d) {
    return d.of(Precision.values());
  }

  static Normalization normalization(Draw d) {
    return Normalization.unit(d.between(1, 4));
  }

  static Map<String, String> facts() {
    return Map.of("by", "fuzz", "why", "");
  }
}
