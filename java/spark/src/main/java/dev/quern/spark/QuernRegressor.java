package dev.quern.spark;

import dev.quern.network.Network;
import dev.quern.network.Task;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;

/**
 * An estimator of Spark ML for regression. The network predicts one number per name in {@link
 * #classes}.
 */
public final class QuernRegressor extends QuernEstimator<QuernRegressor> {
  private static final long serialVersionUID = 1;

  /** Creates an estimator with this uid; called by Spark when it loads pipelines. */
  public QuernRegressor(String uid) {
    super(uid);
  }

  public QuernRegressor() {
    this(Identifiable$.MODULE$.randomUID("quern"));
  }

  @Override
  Task task(Network net, String... names) {
    return Task.regression(names);
  }

  @Override
  public QuernRegressor copy(ParamMap extra) {
    return copied(new QuernRegressor(uid()), extra);
  }

  /** Returns a reader of saved estimators. */
  public static MLReader<QuernRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Loads a saved estimator from a folder. */
  public static QuernRegressor load(String folder) {
    return read().load(folder);
  }
}
