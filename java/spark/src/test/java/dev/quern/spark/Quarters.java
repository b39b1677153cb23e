package dev.quern.spark;

import dev.quern.io.NetworkJson;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
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
}
