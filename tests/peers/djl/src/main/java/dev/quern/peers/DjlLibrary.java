package dev.quern.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.initializer.XavierInitializer.FactorType;
import ai.djl.training.initializer.XavierInitializer.RandomType;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/** Deep Java Library on its PyTorch engine, with its own blocks, trainer, loss and optimizer. */
public final class DjlLibrary implements Library {
  private static final String ENGINE = "PyTorch";

  private DjlLibrary() {}

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine.getEngine(ENGINE).setRandomSeed(1);
    DjlNetwork network = new DjlNetwork(workload.network());
    network.setInitializer(
        new XavierInitializer(RandomType.GAUSSIAN, FactorType.IN, 2), Parameter.Type.WEIGHT);
    Model model = Model.newInstance(workload.net(), Device.cpu(), ENGINE);
    model.setBlock(network);
    Shape shape = new Shape(workload.inputShape().toArray());
    NDArray images = model.getNDManager().create(workload.images(), shape);
    return workload.train()
        ? training(workload, model, images)
        : inference(network, model.getNDManager(), images);
  }

  private static Step training(Workload workload, Model model, NDArray images) {
    NDArray labels = model.getNDManager().create(workload.labels()).toType(DataType.INT64, false);
    Loss loss = Loss.softmaxCrossEntropyLoss();
    Optimizer sgd =
        Optimizer.sgd()
            .setLearningRateTracker(Tracker.fixed(Workload.LEARNING_RATE))
            .optMomentum(Workload.MOMENTUM)
            .build();
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(loss)
                .optOptimizer(sgd)
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(images.getShape());
    return () -> {
      try (NDManager scope = trainer.getManager().newSubManager()) {
        scope.tempAttachAll(images, labels);
        NDArray value;
        try (GradientCollector gradients = trainer.newGradientCollector()) {
          value = loss.evaluate(new NDList(labels), trainer.forward(new NDList(images)));
          gradients.backward(value);
        }
        trainer.step();
        return value.getFloat();
      }
    };
  }

  private static Step inference(DjlNetwork network, NDManager manager, NDArray images) {
    network.initialize(manager, DataType.FLOAT32, images.getShape());
    ParameterStore parameters = new ParameterStore(manager, false);
    return () -> {
      try (NDManager scope = manager.newSubManager()) { // frees what the pass makes
        scope.tempAttachAll(images);
        network.forward(parameters, new NDList(images), false);
        return Double.NaN;
      }
    };
  }

  public static void main(String[] args) {
    Program.run(new DjlLibrary(), args);
  }
}
