package dev.quern.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Normalization;
import dev.quern.io.NetworkJson;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.AdamW;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.GradientExchange;
import dev.quern.train.LocalSgd;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Pictures of which one quarter is brighter, as Spark's image source has them. */
final class Quarters {
  static final String[] CLASSES = {"nw", "ne", "sw", "se"};
  static final int SIDE = 12;
  static final StructType SCHEMA =
      new StructType()
          .add("image", ImageSchema.columnSchema(), false)
          .add("label", DataTypes.IntegerType, false);

  private static final Network NET =
      Network.of(
          "quarters",
          Shape.of(3, SIDE, SIDE),
          new Conv2d(4, 3),
          new BatchNorm2d(),
          new Relu(),
          new Flatten(),
          new Linear(4));

  private Quarters() {}

  static List<Row> rows(int count, long seed) {
    Random random = new Random(seed);
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(4);
      all.add(RowFactory.create(image(i, label, random), label));
    }
    return all;
  }

  private static Row image(int number, int label, Random random) {
    byte[] data = new byte[SIDE * SIDE * 3];
    for (int p = 0; p < SIDE * SIDE; p++) {
      boolean bright = p / SIDE / 6 * 2 + p % SIDE / 6 == label;
      for (int c = 0; c < 3; c++) {
        data[3 * p + c] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
      }
    }
    return RowFactory.create("row " + number, SIDE, SIDE, 3, 16, data);
  }

  /** In the order of the rows. */
  static Dataset<Row> frame(SparkSession spark, int count, long seed, int partitions) {
    return frame(spark, rows(count, seed), partitions);
  }

  static Dataset<Row> frame(SparkSession spark, List<Row> rows, int partitions) {
    return spark.createDataFrame(
        new org.apache.spark.api.java.JavaSparkContext(spark.sparkContext())
            .parallelize(rows, partitions),
        SCHEMA);
  }

  static QuernClassifier classifier() {
    return new QuernClassifier()
        .setNetwork(NetworkJson.write(NET))
        .setClasses(CLASSES)
        .setBatchSize(8)
        .setLearningRate(0.003)
        .setEpochs(6)
        .setSeed(3);
  }

  /**
   * What {@link #classifier()} makes of equal partitions, by replicas that take turns in this
   * process.
   */
  static ModelData inOneProcess(
      List<Row> rows, int partitions, int epochs, LocalSgd rule, Normalization by) {
    TrainerBuilder builder =
        Trainer.builder(NET.withTask(Task.singleLabel(CLASSES)))
            .batch(8)
            .seed(3)
            .optimizer(new AdamW(0.003f))
            .normalization(by);
    List<dev.quern.data.Dataset> parts = new ArrayList<>();
    int each = rows.size() / partitions;
    for (int p = 0; p < partitions; p++) {
      parts.add(dataset(rows.subList(each * p, each * (p + 1))));
    }
    try (Trainer t = builder.build();
        Trainer worker = builder.build()) {
      t.fit(GradientExchange.local(worker, parts), rule, epochs, new TrainingListener() {});
      return t.modelData(Map.of());
    }
  }

  private static dev.quern.data.Dataset dataset(List<Row> rows) {
    byte[] pixels = new byte[rows.size() * 3 * SIDE * SIDE];
    int[] labels = new int[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      byte[] own = SparkImage.of(rows.get(i).getStruct(0)).pixels();
      System.arraycopy(own, 0, pixels, i * own.length, own.length);
      labels[i] = rows.get(i).getInt(1);
    }
    return dev.quern.data.Dataset.of(
        "rows", Shape.of(3, SIDE, SIDE), List.of(CLASSES), pixels, labels);
  }

  static void assertSameWeights(ModelData got, ModelData wanted) {
    assertThat(got.weights().keySet()).isEqualTo(wanted.weights().keySet());
    wanted.weights().forEach((name, w) -> assertThat(got.weights().get(name)).isEqualTo(w));
  }
}
