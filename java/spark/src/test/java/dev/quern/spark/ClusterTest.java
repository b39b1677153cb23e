package dev.quern.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.QuernException;
import dev.quern.predict.ModelData;
import dev.quern.train.TrainingListener;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Executors that are JVMs of their own, some of which are killed. */
class ClusterTest {
  private static QuernClassifier classifier() {
    return Quarters.classifier().setEpochs(4).setLocalSteps(3).setOuterMomentum(0.5);
  }

  private static void assertSameWeights(ModelData got, ModelData wanted) {
    wanted.weights().forEach((name, w) -> assertThat(got.weights().get(name)).isEqualTo(w));
  }

  /** The JVMs that this one has begun. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("java"))
        .toList();
  }

  @Test
  void clusterSizeAndLostExecutorsChangeNoBit() throws IOException {
    ModelData wanted;
    SparkSession one = Cluster.local(1);
    try {
      wanted = classifier().fit(Quarters.frame(one, 240, 1, 4)).data();
    } finally {
      one.stop();
    }
    SparkSession two = Cluster.of(2);
    try {
      Dataset<Row> rows = Quarters.frame(two, 240, 1, 4);
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
              .fit(rows);
      assertThat(killed).hasValue(2);
      assertSameWeights(model.data(), wanted);
      double accuracy =
          new MulticlassClassificationEvaluator()
              .setMetricName("accuracy")
              .evaluate(model.transform(Quarters.frame(two, 100, 2, 3)));
      assertThat(accuracy).isGreaterThan(0.85);
    } finally {
      two.stop();
    }
  }

  @Test
  void executorsWithoutTheNativeLibraryAreNamed() throws IOException {
    String path =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(e -> !e.contains("native"))
            .collect(Collectors.joining(File.pathSeparator));
    SparkSession two = Cluster.of(2, path);
    try {
      assertThatThrownBy(() -> classifier().fit(Quarters.frame(two, 40, 1, 2)))
          .isInstanceOf(QuernException.class)
          .hasMessageContaining("quern-native");
    } finally {
      two.stop();
    }
  }
}
