package dev.quern.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.optim.Schedule;
import dev.quern.train.LocalSgd;
import dev.quern.train.LocalSgd.Compression;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Executors that are JVMs of their own, some of which are killed. */
class ClusterTest {
  private static QuernClassifier classifier() {
    return Quarters.classifier().setEpochs(4).setLocalSteps(3).setOuterMomentum(0.5);
  }

  /** The JVMs that this one has begun. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("java"))
        .toList();
  }

  @Test
  @Tag("full")
  void clusterSizeAndLostExecutorsChangeNoBit() throws IOException {
    SparkSession two = Cluster.of(2);
    try {
      List<Row> rows = Quarters.rows(240, 1);
      AtomicInteger killed = new AtomicInteger();
      QuernModel model =
          classifier()
              .setListener(
                  new TrainingListener() {
                    @Override
                    public void onStep(Step s) {
                      if (s.step() == 2 && (s.epoch() == 1 || s.epoch() == 3)) {
                        executors().get(0).destroyForcibly();
                        killed.incrementAndGet();
                      }
                    }
                  })
              .fit(Quarters.frame(two, rows, 4));
      assertThat(killed).hasValue(2);
      Quarters.assertSameWeights(
          model.data(),
          Quarters.inOneProcess(
              Quarters.frame(two, rows, 4).collectAsList(),
              4,
              4,
              new LocalSgd(3, 1, 0.5f, Compression.NONE),
              model.data().normalization()));
      double accuracy =
          new MulticlassClassificationEvaluator()
              .setMetricName("accuracy")
              .evaluate(model.transform(Quarters.frame(two, 100, 2, 3)));
      assertThat(accuracy).isGreaterThan(0.85);
    } finally {
      two.stop();
    }
  }

  /** Rounds of four steps in two executors, beside one trainer that sees as many images. */
  @Tag("full")
  @Test
  void cifar10IsLearnedAsOnOneMachine() throws IOException {
    Fixtures.cifar10();
    Dataset train = Datasets.load("cifar10", Split.TRAIN).slice(0, 5000);
    Dataset test = Datasets.load("cifar10", Split.TEST).slice(0, 4000);
    float rate = 0.003f;
    double alone;
    try (Trainer t =
        Trainer.builder(Networks.byName("lenet", train.shape(), 10))
            .normalization(train.normalization())
            .batch(64)
            .seed(1)
            .optimizer(new AdamW(rate))
            .schedule(Schedule.oneCycle())
            .build()) {
      t.fit(train, 4);
      alone = t.evaluate(test).accuracy();
    }
    SparkSession two = Cluster.of(2);
    try {
      QuernModel model =
          new QuernClassifier()
              .setNetwork("lenet")
              .setInputShape(3, 32, 32)
              .setClasses(train.classes().toArray(new String[0]))
              .setBatchSize(32)
              .setSeed(1)
              .setLearningRate(rate)
              .setSchedule("one-cycle")
              .setEpochs(4)
              .setLocalSteps(4)
              .setListener(TrainingListener.console())
              .fit(Quarters.frame(two, rows(train), 2));
      double cluster =
          new MulticlassClassificationEvaluator()
              .setMetricName("accuracy")
              .evaluate(model.transform(Quarters.frame(two, rows(test), 2)));
      assertThat(alone).isGreaterThan(0.5);
      assertThat(cluster).isGreaterThan(alone - 0.01);
    } finally {
      two.stop();
    }
  }

  private static List<Row> rows(Dataset data) {
    return IntStream.range(0, data.size())
        .mapToObj(i -> RowFactory.create(picture(data, i), data.label(i)))
        .toList();
  }

  /** As Spark's image source has it: by pixel, blue first. */
  private static Row picture(Dataset data, int i) {
    ByteBuffer planes = ByteBuffer.allocate(3 * 32 * 32);
    data.copyBytes(i, planes);
    byte[] pixels = new byte[planes.capacity()];
    for (int p = 0; p < 32 * 32; p++) {
      for (int c = 0; c < 3; c++) {
        pixels[3 * p + c] = planes.get((2 - c) * 32 * 32 + p);
      }
    }
    return RowFactory.create("image " + i, 32, 32, 3, 16, pixels);
  }

  @Test
  void executorsWithoutTheNativeLibraryAreNamed() throws IOException {
    String path =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(e -> !e.contains("native"))
            .collect(Collectors.joining(File.pathSeparator));
    SparkSession one = Cluster.of(1, path);
    try {
      assertThatThrownBy(() -> classifier().fit(Quarters.frame(one, 40, 1, 2)))
          .isInstanceOf(QuernException.class)
          .hasMessageContaining("quern-native");
    } finally {
      one.stop();
    }
  }
}
