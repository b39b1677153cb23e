package dev.quern.spark;

import dev.quern.error.InvalidArgumentException;
import dev.quern.predict.ModelData;
import dev.quern.train.History;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A trained network as a transformer of Spark ML. The added columns depend on the network's task:
 *
 * <table>
 * <caption>Columns</caption>
 * <tr><th>task</th><th>prediction</th><th>probability</th><th>rawPrediction</th></tr>
 * <tr><td>single_label</td><td>the most likely class</td><td>one per class</td><td>logits</td></tr>
 * <tr><td>multi_label</td><td>1 or 0 per label</td><td>one per label</td><td>logits</td></tr>
 * <tr><td>regression</td><td>the number, or a vector</td><td>none</td><td>none</td></tr>
 * </table>
 *
 * A column whose name is the empty string is omitted. In each executor, all tasks share one copy of
 * the weights; each task uses {@code spark.task.cpus} threads.
 *
 * <p>A row that cannot be read fails the job with one exception, which names partition and row.
 */
public final class QuernModel extends Model<QuernModel> implements MLWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final transient ModelData data;
  private final transient Optional<History> history;
  private final Param<String> featuresCol;
  private final Param<String> predictionCol;
  private final Param<String> probabilityCol;
  private final Param<String> rawPredictionCol;

  QuernModel(String uid, ModelData data, Optional<History> history) {
    this.uid = uid;
    this.data = data;
    this.history = history;
    Outputs.of(data.network());
    featuresCol = new Param<>(this, "featuresCol", "images, vectors or arrays");
    predictionCol = new Param<>(this, "predictionCol", "the most likely class; empty for none");
    probabilityCol = new Param<>(this, "probabilityCol", "of all classes; empty for none");
    rawPredictionCol = new Param<>(this, "rawPredictionCol", "the outputs; empty for none");
    setDefault(featuresCol, "image");
    setDefault(predictionCol, "prediction");
    setDefault(probabilityCol, "probability");
    setDefault(rawPredictionCol, "rawPrediction");
  }

  /**
   * Creates a transformer from a model, for example one from {@link ModelData#load}.
   *
   * @throws InvalidArgumentException if the model does not predict a class, labels or numbers
   */
  public QuernModel(ModelData data) {
    this(Identifiable$.MODULE$.randomUID("quern"), data, Optional.empty());
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> featuresCol() {
    return featuresCol;
  }

  public Param<String> predictionCol() {
    return predictionCol;
  }

  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  public QuernModel setFeaturesCol(String name) {
    set(featuresCol, name);
    return this;
  }

  public QuernModel setPredictionCol(String name) {
    set(predictionCol, name);
    return this;
  }

  public QuernModel setProbabilityCol(String name) {
    set(probabilityCol, name);
    return this;
  }

  public QuernModel setRawPredictionCol(String name) {
    set(rawPredictionCol, name);
    return this;
  }

  /** Returns the network, weights and preprocessing, which {@code ModelFile.save} can write. */
  public ModelData data() {
    return data;
  }

  /** Returns the history of the training; empty for a loaded model. */
  public Optional<History> history() {
    return history;
  }

  /** Returns the number of classes, labels or numbers that the model predicts. */
  public int numOutputs() {
    return (int) data.network().output().dim(0);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FeatureColumn.of(schema, getOrDefault(featuresCol), data.network().input());
    return Outputs.of(data.network())
        .added(
            schema,
            getOrDefault(rawPredictionCol),
            getOrDefault(probabilityCol),
            getOrDefault(predictionCol));
  }

  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    StructType schema = transformSchema(rows.schema());
    byte[] file = ModelBytes.of(data);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    Scoring scoring =
        new Scoring(
            uid + " " + Arrays.hashCode(file),
            spark.broadcast(file),
            FeatureColumn.of(rows.schema(), getOrDefault(featuresCol), data.network().input()),
            Outputs.of(data.network()),
            !getOrDefault(predictionCol).isEmpty(),
            !getOrDefault(probabilityCol).isEmpty(),
            !getOrDefault(rawPredictionCol).isEmpty());
    return rows.toDF().mapPartitions(scoring, Encoders.row(schema));
  }

  @Override
  public QuernModel copy(ParamMap extra) {
    QuernModel copy = new QuernModel(uid, data, history);
    copyValues(copy, extra);
    copy.setParent(parent());
    return copy;
  }

  @Override
  public MLWriter write() {
    return new QuernModelWriter(this);
  }

  /** Returns a reader of models saved by {@link #write} on any Hadoop file system. */
  public static MLReader<QuernModel> read() {
    return new QuernModelReader();
  }

  /** Loads a saved model from a folder. */
  public static QuernModel load(String folder) {
    return read().load(folder);
  }
}
