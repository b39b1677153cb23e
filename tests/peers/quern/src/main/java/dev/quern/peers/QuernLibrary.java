package dev.quern.peers;

import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.io.IOException;

/** Quern, with its defaults. */
public final class QuernLibrary implements Library {
  private QuernLibrary() {}

  @Override
  public boolean int8() {
    return true;
  }

  @Override
  public boolean bf16() {
    return true;
  }

  private static Precision precision(Workload workload) {
    return workload.bf16() ? Precision.BF16 : Precision.DEFAULT;
  }

  @Override
  public Step prepare(Workload workload, ModelFolder folder, int threads) throws IOException {
    Engine.setThreads(threads);
    Tensor images = new Arena().tensor(workload.inputShape()).copyFrom(workload.images());
    return workload.train() ? training(workload, images) : inference(workload, folder, images);
  }

  private static Step training(Workload workload, Tensor images) {
    Trainer trainer =
        Trainer.builder(workload.network())
            .batch(workload.batch())
            .precision(precision(workload))
            .optimizer(new Sgd(Workload.LEARNING_RATE, Workload.MOMENTUM))
            .build();
    int[] labels = workload.labels();
    return () -> trainer.step(images, labels);
  }

  private static Step inference(Workload workload, ModelFolder folder, Tensor images)
      throws IOException {
    Model model = Model.of(ModelData.load(folder.model(workload)), precision(workload));
    folder.check(workload, model.predict(images).toArray());
    return () -> {
      model.predict(images);
      return Double.NaN;
    };
  }

  public static void main(String[] args) {
    Program.run(new QuernLibrary(), args);
  }
}
