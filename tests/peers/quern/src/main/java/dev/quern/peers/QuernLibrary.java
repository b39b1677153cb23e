package dev.quern.peers;

import dev.quern.tensor.Arena;
import dev.quern.engine.Engine;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.network.Network;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.optim.Sgd;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Quern, with its defaults. */
public final class QuernLibrary implements Library {
  private QuernLibrary() {}

  @Override
  public Step prepare(Workload workload, int threads) {
    Engine.setThreads(threads);
    Network network = workload.network();
    Tensor images = new Arena().tensor(workload.inputShape()).copyFrom(workload.images());
    Trainer trainer =
        Trainer.builder(network)
            .batch(workload.train() ? workload.batch() : 1)
            .optimizer(new Sgd(Workload.LEARNING_RATE, Workload.MOMENTUM))
            .build();
    if (workload.train()) {
      int[] labels = workload.labels();
      return () -> trainer.step(images, labels);
    }
    Model model = model(trainer, workload);
    return () -> {
      model.predict(images);
      return Double.NaN;
    };
  }

  /** A model of the trainer's first weights. */
  private static Model model(Trainer trainer, Workload workload) {
    List<String> classes =
        IntStream.range(0, workload.classes()).mapToObj(Integer::toString).toList();
    try (trainer) {
      ModelData data = trainer.modelData(classes, Map.of());
      return Model.of(data);
    }
  }

  public static void main(String[] args) {
    Program.run(new QuernLibrary(), args);
  }
}
