package dev.quern.spark;

import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.train.LocalSgd;
import dev.quern.train.TrainingListener;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * The base class of {@link QuernClassifier} and {@link QuernRegressor}, estimators of Spark ML that
 * train a network on the rows of a DataFrame.
 *
 * <p>Each partition trains a replica of the network. In a round, each replica makes {@link
 * #localSteps} training steps of {@link #batchSize} rows on its partition, in a separate task; then
 * the replicas synchronize as {@link LocalSgd} describes. Two fits with the same params, and with
 * the same rows in the same order in each partition, produce bit-identical weights, for any number
 * of executors, and even if executors are lost. Decoded partitions are cached in the executors, in
 * memory or on disk.
 *
 * <p>A row that cannot be read fails the job with one exception, which names partition and row.
 *
 * @param <E> the concrete class, which setters return
 */
public abstract class QuernEstimator<E extends QuernEstimator<E>> extends Estimator<QuernModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

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

  /** Creates an estimator whose params have their default values. */
  QuernEstimator(String uid) {
    this.uid = uid;
    featuresCol = new Param<>(this, "featuresCol", "images, vectors or arrays");
    labelCol =
        new Param<>(
            this, "labelCol", "number of the class, from 0; or a vector or array of numbers");
    network = new Param<>(this, "network", "name of a built-in network, or its JSON");
    inputShape = new IntArrayParam(this, "inputShape", "channels, height and width");
    classes = new StringArrayParam(this, "classes", "names of the classes, or numbers");
    optimizer = new Param<>(this, "optimizer", "sgd, adam, adamw or muon");
    learningRate = new DoubleParam(this, "learningRate", "of the optimizer");
    momentum = new DoubleParam(this, "momentum", "of sgd");
    weightDecay = new DoubleParam(this, "weightDecay", "of the optimizer");
    schedule = new Param<>(this, "schedule", "of the learning rate");
    crop = new IntParam(this, "crop", "padding in pixels of a random crop; 0 for none");
    flip = new BooleanParam(this, "flip", "whether images are flipped horizontally at random");
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

  @Override
  public String uid() {
    return uid;
  }

  /**
   * The column of samples: images ({@code image} source), encoded files ({@code binaryFile}
   * source), vectors or arrays; default {@code image}.
   */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /**
   * The column of labels or targets; default {@code label}. For single-label classification, the
   * column contains a class index from 0; for multi-label classification, a vector or an array of 0
   * and 1; for regression, a number, a vector or an array.
   */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** The name of a built-in network, or a network as JSON; default {@code lenet}. */
  public Param<String> network() {
    return network;
  }

  /** The input shape of a built-in network: channels, height and width. */
  public IntArrayParam inputShape() {
    return inputShape;
  }

  /**
   * The names of the classes, or of the numbers that a regression predicts, in the order of the
   * outputs.
   */
  public StringArrayParam classes() {
    return classes;
  }

  /**
   * The optimizer: {@code sgd}, {@code adam}, {@code adamw} or {@code muon}; default {@code adamw}.
   */
  public Param<String> optimizer() {
    return optimizer;
  }

  /** The learning rate of the optimizer; default 0.001. */
  public DoubleParam learningRate() {
    return learningRate;
  }

  /** The momentum of the optimizer {@code sgd}; default 0.9. */
  public DoubleParam momentum() {
    return momentum;
  }

  /** The weight decay of the optimizer; default 0.01. */
  public DoubleParam weightDecay() {
    return weightDecay;
  }

  /**
   * The learning-rate schedule, in the format of {@link dev.quern.optim.Schedule#parse}; default
   * {@code constant}.
   */
  public Param<String> schedule() {
    return schedule;
  }

  /** The padding in pixels, by reflection at the edges, for random cropping; default 0. */
  public IntParam crop() {
    return crop;
  }

  /** Whether images are flipped horizontally at random; default false. */
  public BooleanParam flip() {
    return flip;
  }

  /** The number of rows per training step of a replica; default 64. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** The number of epochs; default 10. */
  public IntParam epochs() {
    return epochs;
  }

  /**
   * The number of training steps that each replica runs in a round, at whose end weights are
   * averaged. With the default of 1, gradients are averaged in every step.
   */
  public IntParam localSteps() {
    return localSteps;
  }

  /**
   * The learning rate of a round's outer step, used if {@link #localSteps} is more than 1; default
   * 1.
   */
  public DoubleParam outerLearningRate() {
    return outerLearningRate;
  }

  /** The momentum of a round's outer step; default 0. */
  public DoubleParam outerMomentum() {
    return outerMomentum;
  }

  /**
   * The compression of the contributions that replicas send: {@code none} or {@code bf16}; default
   * {@code none}.
   */
  public Param<String> compression() {
    return compression;
  }

  /** The seed of the initial weights, the order of rows and augmentation; default 1. */
  public LongParam seed() {
    return seed;
  }

  /**
   * The folder on any Hadoop file system for a checkpoint after each epoch; default empty, for no
   * checkpoints. A fit with the same rows and params resumes from the newest checkpoint.
   */
  public Param<String> checkpointDir() {
    return checkpointDir;
  }

  /** Sets {@link #featuresCol}. */
  public E setFeaturesCol(String value) {
    set(featuresCol, value);
    return self();
  }

  /** Sets {@link #labelCol}. */
  public E setLabelCol(String value) {
    set(labelCol, value);
    return self();
  }

  /** Sets {@link #network}. */
  public E setNetwork(String value) {
    set(network, value);
    return self();
  }

  /** Sets {@link #inputShape}. */
  public E setInputShape(int... value) {
    set(inputShape, value);
    return self();
  }

  /** Sets {@link #classes}. */
  public E setClasses(String... value) {
    set(classes, value);
    return self();
  }

  /** Sets {@link #optimizer}. */
  public E setOptimizer(String value) {
    set(optimizer, value);
    return self();
  }

  /** Sets {@link #learningRate}. */
  public E setLearningRate(double value) {
    set(learningRate, value);
    return self();
  }

  /** Sets {@link #momentum}. */
  public E setMomentum(double value) {
    set(momentum, value);
    return self();
  }

  /** Sets {@link #weightDecay}. */
  public E setWeightDecay(double value) {
    set(weightDecay, value);
    return self();
  }

  /** Sets {@link #schedule}. */
  public E setSchedule(String value) {
    set(schedule, value);
    return self();
  }

  /** Sets {@link #crop}. */
  public E setCrop(int value) {
    set(crop, value);
    return self();
  }

  /** Sets {@link #flip}. */
  public E setFlip(boolean value) {
    set(flip, value);
    return self();
  }

  /** Sets {@link #batchSize}. */
  public E setBatchSize(int value) {
    set(batchSize, value);
    return self();
  }

  /** Sets {@link #epochs}. */
  public E setEpochs(int value) {
    set(epochs, value);
    return self();
  }

  /** Sets {@link #localSteps}. */
  public E setLocalSteps(int value) {
    set(localSteps, value);
    return self();
  }

  /** Sets {@link #outerLearningRate}. */
  public E setOuterLearningRate(double value) {
    set(outerLearningRate, value);
    return self();
  }

  /** Sets {@link #outerMomentum}. */
  public E setOuterMomentum(double value) {
    set(outerMomentum, value);
    return self();
  }

  /** Sets {@link #compression}. */
  public E setCompression(String value) {
    set(compression, value);
    return self();
  }

  /** Sets {@link #seed}. */
  public E setSeed(long value) {
    set(seed, value);
    return self();
  }

  /** Sets {@link #checkpointDir}. */
  public E setCheckpointDir(String value) {
    set(checkpointDir, value);
    return self();
  }

  /**
   * Sets a listener that is notified of epochs and rounds on the driver. Copies of the estimator
   * have the same listener; saved estimators do not contain the listener.
   */
  public E setListener(TrainingListener hears) {
    listener = hears;
    return self();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return new Fitting(this, listener).schema(schema);
  }

  @Override
  public QuernModel fit(Dataset<?> rows) {
    return new Fitting(this, listener).fit(rows);
  }

  /** Returns the task for a network with the given names of classes or numbers. */
  abstract Task task(Network net, String... names);

  /** Copies the params and the listener to another estimator, and returns it. */
  E copied(E to, ParamMap extra) {
    copyValues(to, extra);
    ((QuernEstimator<?>) to).listener = listener;
    return to;
  }

  @SuppressWarnings("unchecked") // E is the class itself
  private E self() {
    return (E) this;
  }
}
