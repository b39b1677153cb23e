import dev.quern.io.ArrayFiles;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.file.Path;

/** Classification of signals, from arrays x [N, 1, 64] and y [N]. */
public class Waves {
  public static void main(String[] args) {
    Network network = Network.of("waves", Shape.of(1, 64),
        new Conv1d(32, 7).padding(3), new BatchNorm1d(), new Relu(), new MaxPool1d(2),
        new Conv1d(32, 5).padding(2), new BatchNorm1d(), new Relu(), new AdaptiveAvgPool1d(1),
        new Flatten(), new Linear(2));
    try (ArrayFiles waves = ArrayFiles.builder(Path.of("waves.safetensors")).split(0.8, 1).open();
        Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.003f))
            .validation(waves.test()).build()) {
      trainer.fit(waves.train(), 10, TrainingListener.console());
      System.out.println(trainer.evaluate(waves.test()));
      trainer.save(Path.of("wave-network.safetensors"));
    }
    try (Model model = Model.load(Path.of("wave-network.safetensors")); Arena arena = new Arena()) {
      System.out.println(model.predict(arena.tensor(Shape.of(1, 1, 64), new float[64])));
    }
  }
}
