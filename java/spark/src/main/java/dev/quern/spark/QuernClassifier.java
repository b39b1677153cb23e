package dev.quern.spark;

import dev.quern.network.Network;
import dev.quern.network.Task;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;

/**
 * An estimator of Spark ML for single-label and multi-label classification.
 *
 * <pre>{@code
 * QuernModel model =
 *     new QuernClassifier()
 *         .setNetwork("resnet20")
 *         .setInputShape(3, 32, 32)
 *         .setClasses("cat", "dog")
 *         .setEpochs(10)
 *         .setLocalSteps(16)
 *         .fit(images);
 * }</pre>
 */
public final class QuernClassifier extends QuernEstimator<QuernClassifier> {
  private static final long serialVersionUID = 1;

  /** Creates an estimator with this uid; called by Spark when it loads pipelines. */
  public QuernClassifier(String uid) {
    super(uid);
  }

  public QuernClassifier() {
    this(Identifiable$.MODULE$.randomUID("quern"));
  }

  @Override
  Task task(Network net, String... names) {
    boolean several = net.isSingle() && net.task().kind() == Task.Kind.MULTI_LABEL;
    return several ? Task.multiLabel(names) : Task.singleLabel(names);
  }

  @Override
  public QuernClassifier copy(ParamMap extra) {
    return copied(new QuernClassifier(uid()), extra);
  }

  /** Returns a reader of saved estimators. */
  public static MLReader<QuernClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Loads a saved estimator from a folder. */
  public static QuernClassifier load(String folder) {
    return read().load(folder);
  }
}
