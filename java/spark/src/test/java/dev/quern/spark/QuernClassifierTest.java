package dev.quern.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.io.NetworkJson;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.train.LocalSgd;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** Training and scoring on Spark in this process. */
class QuernClassifierTest {
  private static SparkSession spark;
  @TempDir Path dir;

  @BeforeAll
  static void start() {
    spark = Cluster.local(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static double accuracy(org.apache.spark.sql.Dataset<Row> scored) {
    return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(scored);
  }

  @Test
  void learnsAndScoresPictures() {
    QuernModel model = Quarters.classifier().setLocalSteps(4).fit(Quarters.frame(spark, 240, 1, 3));
    assertThat(model.history().orElseThrow().epochs()).hasSize(6);
    assertThat(Workers.idle()).isPositive();
    org.apache.spark.sql.Dataset<Row> scored =
        model.transform(Quarters.frame(spark, 150, 2, 2)).cache();
    assertThat(scored.columns())
        .containsExactly("image", "label", "rawPrediction", "probability", "prediction");
    assertThat(accuracy(scored)).isGreaterThan(0.9);
    assertThat(Workers.idle()).as("trainers beside a model").isZero();
    for (Row row : scored.collectAsList()) {
      Vector likely = row.getAs("probability");
      double sum = 0;
      for (double p : likely.toArray()) {
        sum += p;
      }
      assertThat(sum).isCloseTo(1, within(1e-5));
      assertThat((double) likely.argmax()).isEqualTo(row.getAs("prediction"));
    }
  }

  /** Spark only transports: replicas in one process are bit-identical. */
  @Test
  void bitsAreThoseOfReplicasInOneProcess() {
    List<Row> rows = Quarters.rows(90, 1);
    for (int steps : new int[] {1, 3}) {
      QuernClassifier classifier = Quarters.classifier().setEpochs(2).setLocalSteps(steps);
      QuernModel model = classifier.fit(Quarters.frame(spark, rows, 3));
      Quarters.assertSameWeights(
          model.data(),
          Quarters.inOneProcess(
              Quarters.frame(spark, rows, 3).collectAsList(),
              3,
              2,
              new LocalSgd(steps),
              model.data().normalization()));
    }
  }

  @Test
  void manyPartitionsAddUpInATree() {
    QuernModel a = Quarters.classifier().setEpochs(1).fit(Quarters.frame(spark, 240, 1, 11));
    QuernModel b = Quarters.classifier().setEpochs(1).fit(Quarters.frame(spark, 240, 1, 11));
    Quarters.assertSameWeights(a.data(), b.data());
  }

  @Test
  void pipelinesAreSavedAndLoaded() throws Exception {
    org.apache.spark.sql.Dataset<Row> rows = Quarters.frame(spark, 120, 1, 2);
    QuernClassifier classifier = Quarters.classifier().setEpochs(2);
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {classifier});
    pipeline.write().overwrite().save(dir.resolve("pipeline").toString());
    Pipeline again = Pipeline.load(dir.resolve("pipeline").toString());
    PipelineModel model = again.fit(rows);
    model.write().overwrite().save(dir.resolve("model").toString());
    PipelineModel loaded = PipelineModel.load(dir.resolve("model").toString());
    List<Row> wanted = model.transform(rows).select("rawPrediction", "prediction").collectAsList();
    assertThat(loaded.transform(rows).select("rawPrediction", "prediction").collectAsList())
        .isEqualTo(wanted);
    QuernModel direct = classifier.fit(rows);
    assertThat(direct.transform(rows).select("rawPrediction", "prediction").collectAsList())
        .isEqualTo(wanted);
  }

  @Test
  @Tag("full")
  void crossValidationChooses() {
    QuernClassifier classifier = Quarters.classifier().setEpochs(3);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.learningRate(), new double[] {1e-7, 0.003})
            .build();
    double[] scores =
        new CrossValidator()
            .setEstimator(classifier)
            .setEstimatorParamMaps(grid)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setNumFolds(2)
            .fit(Quarters.frame(spark, 120, 1, 2))
            .avgMetrics();
    assertThat(scores[1]).isGreaterThan(scores[0] + 0.2);
  }

  @Test
  void vectorsArraysAndFilesAreSamplesToo() throws Exception {
    StructType schema =
        new StructType()
            .add("v", SQLDataTypes.VectorType())
            .add("a", DataTypes.createArrayType(DataTypes.FloatType))
            .add("label", DataTypes.DoubleType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      float x = i % 2 == 0 ? -1 : 1;
      rows.add(
          RowFactory.create(
              Vectors.dense(x, 0.01 * i), new Float[] {x, 0.01f * i}, (double) (i % 2)));
    }
    org.apache.spark.sql.Dataset<Row> frame = spark.createDataFrame(rows, schema);
    Network linear = Network.of("linear", Shape.of(2), new Linear(2));
    for (String column : List.of("v", "a")) {
      QuernModel model =
          new QuernClassifier()
              .setNetwork(NetworkJson.write(linear))
              .setClasses("minus", "plus")
              .setFeaturesCol(column)
              .setLearningRate(0.05)
              .setEpochs(20)
              .fit(frame);
      assertThat(accuracy(model.transform(frame))).isEqualTo(1);
    }
  }

  @Test
  void labelsAndNumbersGoByTheTask() {
    StructType schema =
        new StructType()
            .add("v", SQLDataTypes.VectorType())
            .add("signs", SQLDataTypes.VectorType())
            .add("sum", DataTypes.DoubleType)
            .add("both", DataTypes.createArrayType(DataTypes.DoubleType));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      double x = Math.sin(i);
      double y = Math.cos(3 * i);
      rows.add(
          RowFactory.create(
              Vectors.dense(x, y),
              Vectors.dense(x > 0 ? 1 : 0, y > 0 ? 1 : 0),
              x + 2 * y,
              new Double[] {x - y, x + y}));
    }
    org.apache.spark.sql.Dataset<Row> frame = spark.createDataFrame(rows, schema).repartition(2);
    Network two = Network.of("two", Shape.of(2), new Linear(2));
    Network labels = two.withTask(Task.multiLabel("x", "y"));
    for (Row row :
        tuned(new QuernClassifier(), labels, "signs").fit(frame).transform(frame).collectAsList()) {
      assertThat(row.<Vector>getAs("probability").size()).isEqualTo(2);
      Vector wanted = row.getAs("signs");
      if (Math.abs(row.<Vector>getAs("v").apply(0)) > 0.1
          && Math.abs(row.<Vector>getAs("v").apply(1)) > 0.1) {
        assertThat(row.<Vector>getAs("prediction")).isEqualTo(wanted);
      }
    }
    Network one = Network.of("one", Shape.of(2), new Linear(1));
    QuernModel sum = tuned(new QuernRegressor(), one, "sum").fit(frame);
    org.apache.spark.sql.Dataset<Row> thin =
        frame.limit(15).repartition(12, frame.col("sum")); // some empty
    assertThat(tuned(new QuernRegressor(), one, "sum").setEpochs(1).fit(thin).history())
        .isPresent();
    org.apache.spark.sql.Dataset<Row> said = sum.transform(frame);
    assertThat(said.columns()).containsExactly("v", "signs", "sum", "both", "prediction");
    for (Row row : said.collectAsList()) {
      assertThat(row.<Double>getAs("prediction")).isCloseTo(row.getAs("sum"), within(0.05));
    }
    for (Row row :
        tuned(new QuernRegressor(), two, "both").fit(frame).transform(frame).collectAsList()) {
      assertThat(row.<Vector>getAs("prediction").apply(1))
          .isCloseTo((Double) row.getList(3).get(1), within(0.05));
    }
    assertThatThrownBy(() -> tuned(new QuernRegressor(), two, "sum").fit(frame))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("spark: column sum is double, expected images");
  }

  private static <E extends QuernEstimator<E>> E tuned(E estimator, Network net, String label) {
    return estimator
        .setNetwork(NetworkJson.write(net))
        .setFeaturesCol("v")
        .setLabelCol(label)
        .setLearningRate(0.05)
        .setWeightDecay(0)
        .setBatchSize(16)
        .setLocalSteps(4) // one job an epoch
        .setEpochs(30);
  }

  @Test
  void wrongRowsAreNamed() {
    List<Row> rows = new ArrayList<>(Quarters.rows(20, 1));
    Row good = rows.get(17);
    rows.set(17, RowFactory.create(good.get(0), 9));
    assertThatThrownBy(() -> Quarters.classifier().fit(Quarters.frame(spark, rows, 2)))
        .isInstanceOf(FormatException.class)
        .hasMessage("spark: row 7 of partition 1: column label is 9, not a class from 0 to 3");
    rows.set(17, RowFactory.create(RowFactory.create("broken", -1, -1, -1, -1, new byte[0]), 1));
    assertThatThrownBy(() -> Quarters.classifier().fit(Quarters.frame(spark, rows, 2)))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("spark: row 7 of partition 1: column image: image of -1 channels");
    QuernModel model = Quarters.classifier().setEpochs(1).fit(Quarters.frame(spark, 40, 1, 2));
    assertThatThrownBy(() -> model.transform(Quarters.frame(spark, rows, 2)).count())
        .hasStackTraceContaining("spark: row 7 of partition 1: column image: image of -1 channels");
  }

  @Test
  void lossesThatAreNoNumbersEndTheFit() {
    assertThatThrownBy(
            () ->
                Quarters.classifier()
                    .setOptimizer("sgd")
                    .setLearningRate(1e30)
                    .fit(Quarters.frame(spark, 200, 1, 10)))
        .isInstanceOf(NumericException.class)
        .hasMessageContaining("epoch 1, step 2 of data set column image");
  }

  @Test
  void emptyPartitionsAreFineAndEmptyFramesAreNot() {
    QuernModel model = Quarters.classifier().setEpochs(1).fit(Quarters.frame(spark, 20, 1, 30));
    assertThat(model.transform(Quarters.frame(spark, 3, 1, 6)).count()).isEqualTo(3);
    assertThatThrownBy(() -> Quarters.classifier().fit(Quarters.frame(spark, List.of(), 2)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("2 parts have 0 images");
  }

  @Test
  void wrongColumnsAndParamsAreRefused() {
    org.apache.spark.sql.Dataset<Row> rows = Quarters.frame(spark, 20, 1, 2);
    assertThatThrownBy(() -> Quarters.classifier().setFeaturesCol("picture").fit(rows))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("spark: unknown column picture, found image, label");
    assertThatThrownBy(() -> Quarters.classifier().setLabelCol("image").fit(rows))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("spark: column image is struct<");
    assertThatThrownBy(() -> Quarters.classifier().setFeaturesCol("label").fit(rows))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("spark: column label is int, expected images");
    assertThatThrownBy(() -> Quarters.classifier().setOptimizer("magic").fit(rows))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("spark: optimizer magic is not one of sgd, adam, adamw, muon");
    assertThatThrownBy(() -> new QuernClassifier().fit(rows))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("spark: network lenet requires inputShape and classes");
  }

  /** The driver's process ends in its third epoch, and with it all executors. */
  @Test
  @Tag("full")
  void resumesWhereALostDriverStood() throws Exception {
    String kept = dir.resolve("kept").toUri().toString();
    LostDriver.run(kept, dir.resolve("log"));
    assertResumes(kept);
  }

  @Test
  void resumesWhereAFitFailed() {
    String kept = dir.resolve("kept").toUri().toString();
    QuernClassifier failing =
        LostDriver.classifier(kept)
            .setListener(
                LostDriver.inThirdEpoch(
                    () -> {
                      throw new IllegalStateException("lost");
                    }));
    assertThatThrownBy(() -> failing.fit(LostDriver.rows(spark)))
        .isInstanceOf(IllegalStateException.class);
    assertResumes(kept);
  }

  /** The third epoch and the fourth are trained, to the bits of an uninterrupted fit. */
  private static void assertResumes(String kept) {
    List<Integer> epochs = new ArrayList<>();
    QuernModel got =
        LostDriver.classifier(kept)
            .setListener(
                new TrainingListener() {
                  @Override
                  public void onEpoch(dev.quern.train.History.Epoch e) {
                    epochs.add(e.epoch());
                  }
                })
            .fit(LostDriver.rows(spark));
    assertThat(epochs).containsExactly(3, 4);
    QuernModel wanted = LostDriver.classifier("").fit(LostDriver.rows(spark));
    Quarters.assertSameWeights(got.data(), wanted.data());
  }

  /** What Spark's pages show of a stage. */
  @Test
  void stagesCountTheirImages() throws Exception {
    BlockingQueue<Long> counted = new LinkedBlockingQueue<>();
    SparkListener counts =
        new SparkListener() {
          @Override
          public void onStageCompleted(SparkListenerStageCompleted stage) {
            CollectionConverters.asJava(stage.stageInfo().accumulables()).values().stream()
                .filter(a -> a.name().exists("Quern: images"::equals))
                .forEach(a -> counted.add((Long) a.value().get()));
          }
        };
    spark.sparkContext().addSparkListener(counts);
    try {
      // two rounds of two steps each, of 16 and 14 images in each of three partitions
      Quarters.classifier().setEpochs(1).setLocalSteps(2).fit(Quarters.frame(spark, 90, 1, 3));
      assertThat(counted.poll(30, TimeUnit.SECONDS)).isEqualTo(48);
      assertThat(counted.poll(30, TimeUnit.SECONDS)).isEqualTo(90);
    } finally {
      spark.sparkContext().removeSparkListener(counts);
    }
  }
}
