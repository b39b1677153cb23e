package dev.quern.spark;

import dev.quern.data.Normalization;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.NetworkJson;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.LocalSgd;
import dev.quern.train.LocalSgd.Compression;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** One call of an estimator's fit, with the estimator's params. */
final class Fitting {
  private static final String OP = "spark";

  private final QuernEstimator<?> of;
  private final TrainingListener listener;

  Fitting(QuernEstimator<?> of, TrainingListener listener) {
    this.of = of;
    this.listener = listener;
  }

  /** Returns the schema with the columns that the model adds. */
  StructType schema(StructType schema) {
    Network net = network();
    features(schema, net);
    TargetColumn.of(schema, get(of.labelCol()), net);
    return Outputs.of(net).added(schema, "rawPrediction", "probability", "prediction");
  }

  private FeatureColumn features(StructType schema, Network net) {
    return FeatureColumn.of(schema, get(of.featuresCol()), net.input());
  }

  /** Returns the network with its task. */
  private Network network() {
    String text = get(of.network()).strip();
    boolean named = of.isDefined(of.classes());
    if (text.startsWith("{")) {
      Network net = NetworkJson.read(text);
      net.requireSizes(OP);
      boolean plain = net.isSingle() && net.task().kind() == Task.Kind.PLAIN;
      String[] names =
          named ? get(of.classes()).clone() : net.task().classes().toArray(new String[0]);
      return named || plain ? net.withTask(of.task(net, names)) : net;
    }
    if (!of.isDefined(of.inputShape()) || !named) {
      throw new InvalidArgumentException(
          OP + ": network " + text + " requires inputShape and classes");
    }
    long[] dims = Arrays.stream(get(of.inputShape())).asLongStream().toArray();
    String[] names = get(of.classes()).clone(); // a param returns its own array
    Network net = Networks.byName(text, Shape.of(dims), names.length);
    return net.withTask(of.task(net, names));
  }

  QuernModel fit(Dataset<?> rows) {
    Network net = network();
    PartReader reader =
        new PartReader(
            features(rows.schema(), net), TargetColumn.of(rows.schema(), get(of.labelCol()), net));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    spark.sc().setJobDescription("Quern: reads rows of column " + get(of.featuresCol()));
    JavaRDD<Part> parts =
        rows.toDF()
            .javaRDD()
            .mapPartitionsWithIndex(reader, true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      PartFacts facts =
          PartFacts.of(
              parts.map(part -> Bytes.of(PartFacts.of(part))).collect().stream()
                  .map(bytes -> (PartFacts) Bytes.read(bytes))
                  .toList());
      if (facts.problem() != null) {
        throw new FormatException(facts.problem());
      }
      boolean pixels = reader.features().areImages();
      Normalization by = pixels ? facts.normalization() : Normalization.unit(net.input());
      Settings settings = settings(net, by);
      return fitted(settings, spark, new SparkExchange(spark, parts, facts.sizes(), settings));
    } finally {
      parts.unpersist(false);
      spark.sc().setJobDescription(null);
    }
  }

  private QuernModel fitted(Settings settings, JavaSparkContext spark, SparkExchange exchange) {
    try (Trainer trainer = settings.builder().build()) {
      HadoopCheckpoints kept =
          new HadoopCheckpoints(get(of.checkpointDir()), spark.hadoopConfiguration(), trainer);
      kept.restore();
      int epochs = number(of.epochs()).intValue();
      History history = trainer.fit(exchange, rule(), epochs, TrainingListener.all(kept, listener));
      QuernModel model =
          new QuernModel(of.uid(), trainer.modelData(Map.of()), Optional.of(history));
      model.setFeaturesCol(get(of.featuresCol()));
      model.setParent(of);
      return model;
    }
  }

  private LocalSgd rule() {
    String name = get(of.compression());
    List<String> names =
        Arrays.stream(Compression.values()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
    if (!names.contains(name)) {
      throw new InvalidArgumentException(
          OP + ": compression " + name + " is not one of " + String.join(", ", names));
    }
    return new LocalSgd(
        number(of.localSteps()).intValue(),
        number(of.outerLearningRate()).floatValue(),
        number(of.outerMomentum()).floatValue(),
        Compression.values()[names.indexOf(name)]);
  }

  private Settings settings(Network net, Normalization by) {
    return new Settings(
        UUID.randomUUID().toString(),
        NetworkJson.write(net),
        get(of.optimizer()),
        number(of.learningRate()).floatValue(),
        number(of.momentum()).floatValue(),
        number(of.weightDecay()).floatValue(),
        get(of.schedule()),
        number(of.batchSize()).intValue(),
        number(of.seed()).longValue(),
        number(of.crop()).intValue(),
        (Boolean) get(of.flip()),
        by.mean(),
        by.std());
  }

  private <T> T get(Param<T> param) {
    return of.getOrDefault(param);
  }

  private Number number(Param<Object> param) {
    return (Number) get(param);
  }
}
