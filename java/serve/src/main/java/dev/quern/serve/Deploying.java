package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.Model;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Deploys models: claims the model, sets its plan limit, starts its batching and registers its
 * name. If a step fails, the previous steps are undone.
 */
final class Deploying {
  private static final String OPERATION = "serve";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  private final Registry registry;
  private final Metrics metrics;
  private final UnaryOperator<BatchingModel.Builder> batching;
  private final long planBytes;

  /**
   * Creates the deployer.
   *
   * @param planBytes the plan limit of each model, in bytes
   */
  Deploying(
      Registry registry,
      Metrics metrics,
      UnaryOperator<BatchingModel.Builder> batching,
      long planBytes) {
    this.registry = registry;
    this.metrics = metrics;
    this.batching = batching;
    this.planBytes = planBytes;
  }

  /**
   * Deploys a model as described for {@link ModelServer#deploy}.
   *
   * @return the version under this name, from 1
   */
  int deploy(String name, Model model) {
    Require.present(OPERATION, "name", name);
    Require.present(OPERATION, "model", model);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidArgumentException(
          OPERATION + ": name \"" + name + "\" must consist of letters, digits, _, . and -");
    }
    if (model.isClosed()) {
      throw new ClosedException(OPERATION + ": the model for " + name + " is closed");
    }
    if (!Claims.take(model)) {
      throw new InvalidArgumentException(
          OPERATION + ": the model for " + name + " is deployed already; load it again");
    }
    long planLimit = model.planLimit();
    try {
      model.setPlanLimit(planBytes);
      return put(name, model);
    } catch (RuntimeException | Error e) {
      Claims.drop(model);
      restore(model, planLimit);
      throw e;
    }
  }

  private static void restore(Model model, long planLimit) {
    try {
      model.setPlanLimit(planLimit);
    } catch (ClosedException e) {
      // the model was closed meanwhile
    }
  }

  private int put(String name, Model model) {
    BatchingModel.Builder builder =
        Require.present(OPERATION, "batching", batching.apply(BatchingModel.builder(model)));
    if (!builder.isOf(model)) {
      throw new InvalidArgumentException(
          OPERATION + ": the batching settings for " + name + " belong to another model");
    }
    BatchingModel batched = builder.answering(Runnable::run).statistics(metrics.of(name)).build();
    try {
      return registry.put(name, batched);
    } catch (RuntimeException | Error e) {
      batched.close();
      throw e;
    }
  }
}
