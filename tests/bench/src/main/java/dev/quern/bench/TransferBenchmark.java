package dev.quern.bench;

import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.error.NotFoundException;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a trained network is worth for other classes: CIFAR-10's first five classes with all of
 * their images, then the other five with 1,000 images, once from the trained network with a new
 * head and once from scratch. Each way's learning rate is chosen on 1,000 other training images of
 * these classes; the test images are looked at once, at the end. Run by its main; does nothing
 * without CIFAR-10.
 */
final class TransferBenchmark {
  private static final int CLASSES = 5;
  private static final int FEW = 1_000;
  private static final int PASSES_FIRST = 5;
  private static final int PASSES = 10;
  private static final int SEED = 1;

  private TransferBenchmark() {}

  public static void main(String[] args) {
    Dataset all;
    Dataset test;
    try {
      all = Datasets.load("cifar10", Split.TRAIN);
      test = Datasets.load("cifar10", Split.TEST);
    } catch (NotFoundException e) {
      System.out.println("skipped: " + e.getMessage());
      return;
    }
    Dataset first = classes(all, 0);
    Dataset others = classes(all, CLASSES).shuffled(SEED);
    Dataset few = others.slice(0, FEW);
    Dataset heldOut = others.slice(FEW, 2 * FEW);
    Network network = network(all);
    ModelData body = first(network, first);
    System.out.printf(
        Locale.ROOT,
        "first five classes, %d images, %d passes: test %.4f%n",
        first.size(),
        PASSES_FIRST,
        accuracy(body, classes(test, 0)));
    ModelData begun = body.forClasses(few.classes(), SEED);
    double transferred =
        best(
            "from the trained network",
            () -> transfer(begun),
            few,
            heldOut,
            classes(test, CLASSES));
    double scratch =
        best(
            "from scratch",
            () -> Trainer.builder(network).normalization(few.normalization()),
            few,
            heldOut,
            classes(test, CLASSES));
    System.out.printf(
        Locale.ROOT, "transfer is %.1f points better%n", 100 * (transferred - scratch));
  }

  private static TrainerBuilder transfer(ModelData begun) {
    return Trainer.builder(begun.network())
        .weights(begun.weights())
        .preprocessing(begun.preprocessing().values().iterator().next());
  }

  private static ModelData first(Network network, Dataset data) {
    TrainerBuilder b = Trainer.builder(network).normalization(data.normalization());
    return train(b, 0.1f, PASSES_FIRST, data);
  }

  private static double best(
      String way, Supplier<TrainerBuilder> begin, Dataset few, Dataset heldOut, Dataset test) {
    ModelData best = null;
    double most = -1;
    for (float lr : new float[] {0.02f, 0.05f, 0.1f}) {
      ModelData made = train(begin.get(), lr, PASSES, few);
      double now = accuracy(made, heldOut);
      System.out.printf(Locale.ROOT, "%s, lr %s: held-out %.4f%n", way, lr, now);
      best = now > most ? made : best;
      most = Math.max(most, now);
    }
    double tested = accuracy(best, test);
    System.out.printf(
        Locale.ROOT,
        "%s, %d images, %d passes, best of three rates: test %.4f%n",
        way,
        few.size(),
        PASSES,
        tested);
    return tested;
  }

  private static ModelData train(TrainerBuilder b, float lr, int passes, Dataset data) {
    b.batch(data.size() > FEW ? 128 : 50)
        .optimizer(new Sgd(lr, 0.9f, 5e-4f, true))
        .schedule(Schedule.oneCycle())
        .augment(new RandomCrop(4), new RandomHorizontalFlip())
        .seed(SEED);
    try (Trainer t = b.build()) {
      t.fit(data, passes);
      return t.modelData(data.classes(), Map.of());
    }
  }

  private static double accuracy(ModelData model, Dataset data) {
    try (Model m = Model.of(model)) {
      Evaluation e = m.evaluate(data);
      return e.accuracy();
    }
  }

  /** Images of five classes, which are numbered from 0. */
  private static Dataset classes(Dataset all, int from) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.label(i) >= from && all.label(i) < from + CLASSES) {
        kept.add(i);
      }
    }
    int each = (int) all.shape().elements();
    byte[] pixels = new byte[kept.size() * each];
    int[] labels = new int[kept.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = all.label(kept.get(i)) - from;
      System.arraycopy(all.image(kept.get(i)), 0, pixels, i * each, each);
    }
    List<String> names = all.classes().subList(from, from + CLASSES);
    return Dataset.of("cifar10 of " + names, all.shape(), names, pixels, labels);
  }

  private static Network network(Dataset data) {
    NetworkBuilder b = Network.builder("small", data.shape());
    int[] widths = {32, 64, 128, 128};
    for (int i = 0; i < widths.length; i++) {
      String name = "body." + (i + 1);
      b.add(name + ".conv", new Conv2d(widths[i], 3).padding(1).bias(false));
      b.add(name + ".norm", new BatchNorm2d());
      b.add(name + ".relu", new Relu());
      if (i < widths.length - 1) {
        b.add(name + ".pool", new MaxPool2d(2));
      }
    }
    return b.add("average", new AdaptiveAvgPool2d(1))
        .add("flat", new Flatten())
        .add("head", new Linear(CLASSES))
        .build();
  }
}
