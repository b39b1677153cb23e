package dev.quern.peers;

import dev.quern.engine.Engine;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Quern, with its defaults. */
public final class QuernLibrary implements Library {
  private QuernLibrary() {}

  @Override
  public Step prepare(Workload workload, int threads) {
    Engine.setThreads(threads);
    Tensor images = new Arena().tensor(workload.inputShape()).copyFrom(workload.images());
    if (workload.isFile()) {
      return inference(Model.of(ModelData.load(workload.file())), images);
    }
    Trainer trainer =
        Trainer.builder(workload.network())
            .batch(workload.train() ? workload.batch() : 1)
            .optimizer(new Sgd(Workload.LEARNING_RATE, Workload.MOMENTUM))
            .build();
    if (workload.train()) {
      int[] labels = workload.labels();
      return () -> trainer.step(images, labels);
    }
    return inference(model(trainer, workload), images);
  }

  private static Step inference(Model model, Tensor images) {
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
