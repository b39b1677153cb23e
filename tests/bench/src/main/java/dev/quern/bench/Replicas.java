package dev.quern.bench;

import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import dev.quern.network.Networks;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.train.GradientExchange;
import dev.quern.train.LocalSgd;
import dev.quern.train.LocalSgd.Compression;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Accuracy lost to replicas: they take turns in this process. Each line trains on CIFAR-10 with so
 * many of them, each by the same batch, sees as many images as the others, and prints the test
 * images' accuracy.
 *
 * <p>Rounds of several steps keep the rate, as each replica's batch does; gradients of W batches
 * that are averaged take it times the root of W. One replica needs no rounds.
 *
 * <p>Replicas NET EPOCHS IMAGES BATCH WORKERS,... STEPS,...
 */
class Replicas {
  private static final float RATE = 0.02f;

  public static void main(String[] args) {
    int epochs = Integer.parseInt(args[1]);
    int images = Integer.parseInt(args[2]);
    int batch = Integer.parseInt(args[3]);
    Dataset train = Datasets.load("cifar10", Split.TRAIN).slice(0, images);
    Dataset test = Datasets.load("cifar10", Split.TEST);
    System.out.println("| replicas | steps a round | rounds | test accuracy |");
    System.out.println("|--:|--:|--:|--:|");
    for (String workers : args[4].split(",")) {
      for (String steps : workers.equals("1") ? new String[] {"1"} : args[5].split(",")) {
        line(
            args[0],
            train,
            test,
            epochs,
            batch,
            Integer.parseInt(workers),
            Integer.parseInt(steps));
      }
    }
  }

  private static void line(
      String name, Dataset train, Dataset test, int epochs, int batch, int workers, int steps) {
    float rate = steps == 1 ? RATE * (float) Math.sqrt(workers) : RATE;
    TrainerBuilder builder =
        Trainer.builder(Networks.byName(name, train.shape(), 10))
            .batch(batch)
            .normalization(train.normalization())
            .optimizer(new Sgd(rate, 0.9f, 5e-4f, true))
            .schedule(Schedule.oneCycle())
            .augment(new RandomCrop(4, PaddingMode.REFLECT), new RandomHorizontalFlip());
    LocalSgd rule = steps == 1 ? new LocalSgd(1) : new LocalSgd(steps, 1, 0, Compression.NONE);
    int[] rounds = {0};
    TrainingListener counts =
        new TrainingListener() {
          @Override
          public void onStep(Step step) {
            rounds[0]++;
          }
        };
    try (Trainer trainer = builder.build();
        Trainer worker = builder.build()) {
      trainer.fit(GradientExchange.local(worker, parts(train, workers)), rule, epochs, counts);
      System.out.printf(
          "| %d | %d | %d | %.2f %% |%n",
          workers, steps, rounds[0], 100 * trainer.evaluate(test).accuracy());
    }
  }

  private static List<Dataset> parts(Dataset train, int workers) {
    List<Dataset> parts = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      parts.add(
          train.slice(
              (int) ((long) train.size() * i / workers),
              (int) ((long) train.size() * (i + 1) / workers)));
    }
    return parts;
  }
}
