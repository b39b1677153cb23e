package dev.quern.spark;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Prints how fast a cluster of this machine is beside one process.
 *
 * <p>{@code SparkBench train | rounds | jobs | predict [ROWS]}
 */
final class SparkBench {
  private static final int SIDE = 32;
  private static final int BATCH = 128;
  private static final int STEPS = 16;
  private static final int ROUND_BATCH = 32;
  private static final Network NET =
      Networks.byName("resnet20", Shape.of(3, SIDE, SIDE), 10)
          .withTask(Task.singleLabel("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));

  private static final StructType SCHEMA =
      new StructType()
          .add("image", ImageSchema.columnSchema(), false)
          .add("label", DataTypes.IntegerType, false);

  private SparkBench() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "train" -> twoExecutorsBesideTwoThreads();
      case "rounds" -> roundsOfSeveralExecutors();
      case "jobs" -> jobsWithoutWork();
      case "predict" -> manyRows(args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000);
      default ->
          throw new IllegalArgumentException(args[0] + " is not train, rounds, jobs or predict");
    }
  }

  private static Row noise(SplittableRandom random) {
    byte[] data = new byte[SIDE * SIDE * 3];
    random.nextBytes(data);
    return RowFactory.create(
        RowFactory.create("noise", SIDE, SIDE, 3, 16, data), random.nextInt(10));
  }

  /** Made in the executors. */
  private static org.apache.spark.sql.Dataset<Row> frame(SparkSession spark, int rows, int parts) {
    int each = rows / parts;
    return spark.createDataFrame(
        new JavaSparkContext(spark.sparkContext())
            .parallelize(LongStream.range(0, parts).boxed().toList(), parts)
            .flatMap(
                seed -> {
                  SplittableRandom random = new SplittableRandom(seed);
                  return new Iterator<Row>() {
                    private int left = each;

                    @Override
                    public boolean hasNext() {
                      return left > 0;
                    }

                    @Override
                    public Row next() {
                      left--;
                      return noise(random);
                    }
                  };
                }),
        SCHEMA);
  }

  private static double best(History history) {
    return history.epochs().stream()
        .mapToDouble(History.Epoch::imagesPerSecond)
        .max()
        .orElseThrow();
  }

  private static void twoExecutorsBesideTwoThreads() throws IOException {
    int images = 2 * STEPS * BATCH;
    byte[] pixels = new byte[images * 3 * SIDE * SIDE];
    new Random(1).nextBytes(pixels);
    Dataset data = Dataset.of("noise", NET.input(), NET.task().classes(), pixels, new int[images]);
    List<Double> alone = new ArrayList<>();
    List<Double> cluster = new ArrayList<>();
    SparkSession spark = Cluster.of(2);
    try {
      for (int round = 0; round < 3; round++) {
        Engine.setThreads(2);
        try (Trainer t =
            Trainer.builder(NET).batch(BATCH).optimizer(new Sgd(0.01f, 0.9f)).build()) {
          alone.add(best(t.fit(data, 3)));
        }
        QuernModel model =
            new QuernClassifier()
                .setNetwork(dev.quern.io.NetworkJson.write(NET))
                .setOptimizer("sgd")
                .setLearningRate(0.01)
                .setBatchSize(BATCH)
                .setLocalSteps(STEPS)
                .setEpochs(3)
                .fit(frame(spark, images, 2));
        cluster.add(best(model.history().orElseThrow()));
      }
    } finally {
      spark.stop();
    }
    System.out.printf(
        Locale.ROOT,
        "train resnet20, %d steps a round: 2 threads %s, 2 executors %s images/s: %.2f%n",
        STEPS,
        alone,
        cluster,
        median(cluster) / median(alone));
  }

  /** Lines for RoundCost. */
  private static void roundsOfSeveralExecutors() throws IOException {
    // much to send and little to do
    Network wide =
        Network.of("wide", NET.input(), new Flatten(), new Linear(1024), new Relu(), new Linear(10))
            .withTask(NET.task());
    System.out.println("network,executors,cores,steps,bytes,seconds");
    for (int executors : new int[] {2, 4, 8}) {
      SparkSession spark = Cluster.of(executors);
      try {
        for (Network net : List.of(NET, wide)) {
          for (int steps : new int[] {1, 4, 16}) {
            print(net, executors, steps, seconds(spark, net, executors, steps));
          }
        }
      } finally {
        spark.stop();
      }
    }
  }

  /** What Spark itself takes for a task for each executor; lines as above, of no network. */
  private static void jobsWithoutWork() throws IOException {
    for (int executors : new int[] {2, 4, 8}) {
      SparkSession spark = Cluster.of(executors);
      try {
        JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
        List<Integer> parts = IntStream.range(0, executors).boxed().toList();
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          long start = System.nanoTime();
          context.parallelize(parts, executors).collect();
          all.add((System.nanoTime() - start) * 1e-9);
        }
        line("none", executors, 0, 0, median(all.subList(50, 100)));
      } finally {
        spark.stop();
      }
    }
  }

  private static void print(Network net, int executors, int steps, double seconds) {
    long weights = net.parameters().values().stream().mapToLong(p -> p.shape().elements()).sum();
    // weights go to a replica and as much comes back; AdamW's two states with them in longer rounds
    long bytes = 2 * 4 * weights * (steps == 1 ? 1 : 3);
    line(net.name(), executors, steps, bytes, seconds);
  }

  private static void line(String network, int executors, int steps, long bytes, double seconds) {
    int cores = Runtime.getRuntime().availableProcessors();
    System.out.printf(
        Locale.ROOT, "%s,%d,%d,%d,%d,%.4f%n", network, executors, cores, steps, bytes, seconds);
  }

  /** Of a round, the median of the later half, when the JVMs are warm. */
  private static double seconds(SparkSession spark, Network net, int executors, int steps) {
    int rounds = Math.max(10, 40 / steps);
    List<Long> ends = new ArrayList<>();
    new QuernClassifier()
        .setNetwork(dev.quern.io.NetworkJson.write(net))
        .setBatchSize(ROUND_BATCH)
        .setLocalSteps(steps)
        .setEpochs(1)
        .setListener(
            new TrainingListener() {
              @Override
              public void onStep(Step step) {
                ends.add(System.nanoTime());
              }
            })
        .fit(frame(spark, executors * ROUND_BATCH * steps * rounds, executors));
    List<Double> all = new ArrayList<>();
    for (int i = ends.size() / 2; i < ends.size(); i++) {
      all.add((ends.get(i) - ends.get(i - 1)) * 1e-9);
    }
    return median(all);
  }

  private static double median(List<Double> of) {
    return of.stream().sorted().toList().get(of.size() / 2);
  }

  private static void manyRows(int rows) throws Exception {
    ModelData data = ModelData.untrained(NET, 1);
    double alone = predicted(data);
    SparkSession spark = Cluster.of(2);
    try {
      QuernModel model = new QuernModel(data).setProbabilityCol("").setRawPredictionCol("");
      model.transform(frame(spark, 2000, 2)).agg(java.util.Map.of("prediction", "sum")).collect();
      List<Long> memory = new ArrayList<>();
      Thread watch = watch(memory);
      long start = System.nanoTime();
      long scored =
          model
              .transform(frame(spark, rows, 100))
              .select("prediction")
              .filter("prediction >= 0")
              .count();
      double seconds = (System.nanoTime() - start) * 1e-9;
      watch.interrupt();
      watch.join();
      if (scored != rows) {
        throw new IllegalStateException(scored + " of " + rows + " rows have a prediction");
      }
      System.out.printf(
          Locale.ROOT,
          "score %d rows: Model.predict on 2 threads %.0f, 2 executors %.0f images/s: %.2f; largest executor in MB %s%n",
          rows,
          alone,
          rows / seconds,
          rows / seconds / alone,
          memory);
    } finally {
      spark.stop();
    }
  }

  /** Images a second of two callers at once, each with one thread. */
  private static double predicted(ModelData data) throws InterruptedException {
    Engine.setThreads(1);
    int batches = 60;
    try (Model model = Model.of(data)) {
      Runnable caller =
          () -> {
            try (Arena arena = new Arena()) {
              Tensor in = arena.tensor(NET.input().batch(64));
              Tensor out = arena.tensor(NET.output().batch(64));
              for (int i = 0; i < batches; i++) {
                model.predict(in, out);
              }
            }
          };
      caller.run();
      long start = System.nanoTime();
      Thread other = new Thread(caller);
      other.start();
      caller.run();
      other.join();
      return 2 * batches * 64 / ((System.nanoTime() - start) * 1e-9);
    }
  }

  /** Resident memory of the largest executor every ten seconds. */
  private static Thread watch(List<Long> to) {
    Thread t =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                to.add(executors().mapToLong(SparkBench::resident).max().orElse(0) >> 20);
                try {
                  Thread.sleep(10_000);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    t.start();
    return t;
  }

  private static Stream<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().command().orElse("").endsWith("java"));
  }

  private static long resident(ProcessHandle of) {
    try {
      String pages = Files.readString(Path.of("/proc/" + of.pid() + "/statm")).split(" ")[1];
      return Long.parseLong(pages) * 4096;
    } catch (IOException e) {
      return 0; // gone
    }
  }
}
