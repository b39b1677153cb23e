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
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains a network that tells classes, on the rows of a DataFrame, as an estimator of Spark ML.
 *
 * <pre>{@code
 * QuernModel model =
 *     new QuernClassifier()
 *         .setNetwork("resnet20")
 *         .setInputShape(3, 32, 32)
 *         .setClasses("cat", "dog")
 *         .setEpochs(10)
 *         .setLocalSteps(16)
 *         .fit(pictures);
 * }</pre>
 *
 * Each partition is a replica of the network. In a round, each replica takes {@link #localSteps}
 * steps of {@link #batchSize} rows on its partition, in a task of its own; then they meet as {@link
 * LocalSgd} says. Rows in the same partitions, in the same order, and the same params give the same
 * weights to the last bit, whatever the number of executors, and whichever of them is lost.
 * Partitions stay decoded in the executors, in memory or on disk.
 *
 * <p>A row that cannot be read ends the job with one exception, which names partition and row.
 */
public final class QuernClassifier extends Estimator<QuernModel> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;
  private static final String OP = "spark";

  private final String uid;
  private transient TrainingListener listener = new TrainingListener() {};
  private final Param<String> featuresCol;
  private final Param<String> labelCol;
  private final Param<String> network;
  private final IntArrayParam inputShape;
  private final StringArrayParam classes;
  private final Param<String> optimizer;
  private final DoubleParam learningRate;
  private final DoubleParam momentum;
  private final DoubleParam weightDecay;
  private final Param<String> schedule;
  private final IntParam crop;
  private final BooleanParam flip;
  private final IntParam batchSize;
  private final IntParam epochs;
  private final IntParam localSteps;
  private final DoubleParam outerLearningRate;
  private final DoubleParam outerMomentum;
  private final Param<String> compression;
  private final LongParam seed;
  private final Param<String> checkpointDir;

  /** For Spark, which reads pipelines. */
  public QuernClassifier(String uid) {
    this.uid = uid;
    featuresCol = new Param<>(this, "featuresCol", "pictures, vectors or arrays");
    labelCol = new Param<>(this, "labelCol", "number of the class, from 0");
    network = new Param<>(this, "network", "name of a built-in network, or its JSON");
    inputShape = new IntArrayParam(this, "inputShape", "channels, height and width");
    classes = new StringArrayParam(this, "classes", "names of the classes");
    optimizer = new Param<>(this, "optimizer", "sgd, adam, adamw or muon");
    learningRate = new DoubleParam(this, "learningRate", "of the optimizer");
    momentum = new DoubleParam(this, "momentum", "of sgd");
    weightDecay = new DoubleParam(this, "weightDecay", "of the optimizer");
    schedule = new Param<>(this, "schedule", "of the learning rate");
    crop = new IntParam(this, "crop", "pixels by which pictures are moved; 0 for none");
    flip = new BooleanParam(this, "flip", "whether pictures are mirrored at random");
    batchSize = new IntParam(this, "batchSize", "rows of a replica's step");
    epochs = new IntParam(this, "epochs", "passes over the rows");
    localSteps = new IntParam(this, "localSteps", "steps of a replica in a round");
    outerLearningRate = new DoubleParam(this, "outerLearningRate", "of the step of a round");
    outerMomentum = new DoubleParam(this, "outerMomentum", "of the step of a round");
    compression = new Param<>(this, "compression", "none or bf16");
    seed = new LongParam(this, "seed", "of first weights, order and augmentation");
    checkpointDir = new Param<>(this, "checkpointDir", "folder of checkpoints; empty for none");
    setDefault(featuresCol, "image");
    setDefault(labelCol, "label");
    setDefault(network, "lenet");
    setDefault(optimizer, "adamw");
    setDefault(learningRate, 0.001);
    setDefault(momentum, 0.9);
    setDefault(weightDecay, 0.01);
    setDefault(schedule, "constant");
    setDefault(crop, 0);
    setDefault(flip, false);
    setDefault(batchSize, 64);
    setDefault(epochs, 10);
    setDefault(localSteps, 1);
    setDefault(outerLearningRate, 1.0);
    setDefault(outerMomentum, 0.0);
    setDefault(compression, "none");
    setDefault(seed, 1L);
    setDefault(checkpointDir, "");
  }

  public QuernClassifier() {
    this(Identifiable$.MODULE$.randomUID("quern"));
  }

  @Override
  public String uid() {
    return uid;
  }

  /**
   * Column of pictures ({@code image} source), encoded files ({@code binaryFile} source), vectors
   * or arrays; default {@code image}.
   */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /** Column of class numbers, from 0; default {@code label}. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** Name of a built-in network, or a network as JSON; default {@code lenet}. */
  public Param<String> network() {
    return network;
  }

  /** The input of a built-in network, channels, height and width. */
  public IntArrayParam inputShape() {
    return inputShape;
  }

  /** Names of the classes, in the order of their numbers. */
  public StringArrayParam classes() {
    return classes;
  }

  /** {@code sgd}, {@code adam}, {@code adamw} or {@code muon}; default {@code adamw}. */
  public Param<String> optimizer() {
    return optimizer;
  }

  /** Of the optimizer; default 0.001. */
  public DoubleParam learningRate() {
    return learningRate;
  }

  /** Of {@code sgd}; default 0.9. */
  public DoubleParam momentum() {
    return momentum;
  }

  /** Of the optimizer; default 0.01. */
  public DoubleParam weightDecay() {
    return weightDecay;
  }

  /** As {@link dev.quern.optim.Schedule#parse} reads it; default {@code constant}. */
  public Param<String> schedule() {
    return schedule;
  }

  /** Pixels by which pictures are moved at random, behind a reflected edge; default 0. */
  public IntParam crop() {
    return crop;
  }

  /** Whether pictures are mirrored at random; default false. */
  public BooleanParam flip() {
    return flip;
  }

  /** Rows of a replica's step; default 64. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** Passes over the rows; default 10. */
  public IntParam epochs() {
    return epochs;
  }

  /** Steps of a replica in a round; default 1, which averages gradients. */
  public IntParam localSteps() {
    return localSteps;
  }

  /** Of the step of a round where replicas take several; default 1. */
  public DoubleParam outerLearningRate() {
    return outerLearningRate;
  }

  /** Of that step; default 0. */
  public DoubleParam outerMomentum() {
    return outerMomentum;
  }

  /** Of what replicas send: {@code none} or {@code bf16}; default {@code none}. */
  public Param<String> compression() {
    return compression;
  }

  /** Of first weights, the order of rows and augmentation; default 1. */
  public LongParam seed() {
    return seed;
  }

  /**
   * Folder of any file system of Hadoop's, for a checkpoint after each epoch. A fit with the same
   * rows and params goes on from the newest there. Empty, as by default, for none.
   */
  public Param<String> checkpointDir() {
    return checkpointDir;
  }

  /** Sets {@link #featuresCol}. */
  public QuernClassifier setFeaturesCol(String value) {
    set(featuresCol, value);
    return this;
  }

  /** Sets {@link #labelCol}. */
  public QuernClassifier setLabelCol(String value) {
    set(labelCol, value);
    return this;
  }

  /** Sets {@link #network}. */
  public QuernClassifier setNetwork(String value) {
    set(network, value);
    return this;
  }

  /** Sets {@link #inputShape}. */
  public QuernClassifier setInputShape(int... value) {
    set(inputShape, value);
    return this;
  }

  /** Sets {@link #classes}. */
  public QuernClassifier setClasses(String... value) {
    set(classes, value);
    return this;
  }

  /** Sets {@link #optimizer}. */
  public QuernClassifier setOptimizer(String value) {
    set(optimizer, value);
    return this;
  }

  /** Sets {@link #learningRate}. */
  public QuernClassifier setLearningRate(double value) {
    set(learningRate, value);
    return this;
  }

  /** Sets {@link #momentum}. */
  public QuernClassifier setMomentum(double value) {
    set(momentum, value);
    return this;
  }

  /** Sets {@link #weightDecay}. */
  public QuernClassifier setWeightDecay(double value) {
    set(weightDecay, value);
    return this;
  }

  /** Sets {@link #schedule}. */
  public QuernClassifier setSchedule(String value) {
    set(schedule, value);
    return this;
  }

  /** Sets {@link #crop}. */
  public QuernClassifier setCrop(int value) {
    set(crop, value);
    return this;
  }

  /** Sets {@link #flip}. */
  public QuernClassifier setFlip(boolean value) {
    set(flip, value);
    return this;
  }

  /** Sets {@link #batchSize}. */
  public QuernClassifier setBatchSize(int value) {
    set(batchSize, value);
    return this;
  }

  /** Sets {@link #epochs}. */
  public QuernClassifier setEpochs(int value) {
    set(epochs, value);
    return this;
  }

  /** Sets {@link #localSteps}. */
  public QuernClassifier setLocalSteps(int value) {
    set(localSteps, value);
    return this;
  }

  /** Sets {@link #outerLearningRate}. */
  public QuernClassifier setOuterLearningRate(double value) {
    set(outerLearningRate, value);
    return this;
  }

  /** Sets {@link #outerMomentum}. */
  public QuernClassifier setOuterMomentum(double value) {
    set(outerMomentum, value);
    return this;
  }

  /** Sets {@link #compression}. */
  public QuernClassifier setCompression(String value) {
    set(compression, value);
    return this;
  }

  /** Sets {@link #seed}. */
  public QuernClassifier setSeed(long value) {
    set(seed, value);
    return this;
  }

  /** Sets {@link #checkpointDir}. */
  public QuernClassifier setCheckpointDir(String value) {
    set(checkpointDir, value);
    return this;
  }

  /** Hears of epochs and rounds, on the driver; not copied or saved. */
  public QuernClassifier setListener(TrainingListener hears) {
    listener = hears;
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FeatureColumn.of(schema, getOrDefault(featuresCol), net().input());
    Columns.numberPlace(schema, getOrDefault(labelCol));
    return schema.add("prediction", DataTypes.DoubleType, false);
  }

  /** The network, with the names of its classes. */
  private Network net() {
    String text = getOrDefault(network).strip();
    Network net;
    if (text.startsWith("{")) {
      net = NetworkJson.read(text);
    } else if (isDefined(inputShape) && isDefined(classes)) {
      long[] dims = Arrays.stream(getOrDefault(inputShape)).asLongStream().toArray();
      net = Networks.byName(text, Shape.of(dims), getOrDefault(classes).length);
    } else {
      throw new InvalidArgumentException(
          OP + ": network " + text + " needs inputShape and classes");
    }
    net.requireSizes(OP);
    boolean named = isDefined(classes);
    return named ? net.withTask(Task.singleLabel(getOrDefault(classes))) : net;
  }

  @Override
  public QuernModel fit(Dataset<?> rows) {
    transformSchema(rows.schema());
    Network net = net();
    FeatureColumn features =
        FeatureColumn.of(rows.schema(), getOrDefault(featuresCol), net.input());
    String[] names =
        isDefined(classes) ? getOrDefault(classes) : net.task().classes().toArray(new String[0]);
    PartReader reader =
        new PartReader(
            features,
            getOrDefault(labelCol),
            Columns.numberPlace(rows.schema(), getOrDefault(labelCol)),
            names);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    JavaRDD<Part> parts =
        rows.toDF()
            .javaRDD()
            .mapPartitionsWithIndex(reader, true)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return fitted(net, features, spark, parts);
    } finally {
      parts.unpersist(false);
    }
  }

  private QuernModel fitted(
      Network net, FeatureColumn features, JavaSparkContext spark, JavaRDD<Part> parts) {
    spark.sc().setJobDescription("Quern: reads rows of column " + features.name());
    PartFacts facts = PartFacts.of(parts.map(PartFacts::of).collect());
    if (facts.problem() != null) {
      throw new FormatException(facts.problem());
    }
    Normalization by =
        features.arePictures() ? facts.normalization() : Normalization.unit(net.input());
    Settings settings = settings(net, by);
    try (Trainer trainer = settings.builder().build()) {
      SparkExchange exchange = new SparkExchange(spark, parts, facts.sizes(), settings);
      HadoopCheckpoints kept =
          new HadoopCheckpoints(
              getOrDefault(checkpointDir), spark.hadoopConfiguration(), trainer, uid);
      kept.restore();
      History history =
          trainer.fit(
              exchange, rule(), number(epochs).intValue(), TrainingListener.all(kept, listener));
      QuernModel model =
          new QuernModel(uid, trainer.modelData(java.util.Map.of()), Optional.of(history));
      model.setFeaturesCol(getOrDefault(featuresCol));
      model.setParent(this);
      return model;
    } finally {
      spark.sc().setJobDescription(null);
    }
  }

  private LocalSgd rule() {
    LocalSgd.Compression c =
        switch (getOrDefault(compression)) {
          case "none" -> LocalSgd.Compression.NONE;
          case "bf16" -> LocalSgd.Compression.BF16;
          default ->
              throw new InvalidArgumentException(
                  OP + ": compression " + getOrDefault(compression) + " is not none or bf16");
        };
    return new LocalSgd(
        number(localSteps).intValue(),
        number(outerLearningRate).floatValue(),
        number(outerMomentum).floatValue(),
        c);
  }

  private Settings settings(Network net, Normalization by) {
    return new Settings(
        UUID.randomUUID().toString(),
        NetworkJson.write(net),
        getOrDefault(optimizer).toLowerCase(Locale.ROOT),
        number(learningRate).floatValue(),
        number(momentum).floatValue(),
        number(weightDecay).floatValue(),
        getOrDefault(schedule),
        number(batchSize).intValue(),
        number(seed).longValue(),
        number(crop).intValue(),
        (Boolean) getOrDefault(flip),
        by.mean(),
        by.std());
  }

  private Number number(Param<Object> of) {
    return (Number) getOrDefault(of);
  }

  @Override
  public QuernClassifier copy(ParamMap extra) {
    QuernClassifier copy = new QuernClassifier(uid);
    copyValues(copy, extra);
    copy.listener = listener;
    return copy;
  }

  /** Reads what {@code write} wrote. */
  public static MLReader<QuernClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** {@link #read} of a folder. */
  public static QuernClassifier load(String folder) {
    return read().load(folder);
  }
}
