import dev.quern.data.Dataset;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Tells waveforms apart: signals instead of images. */
public class Signals {
  private static final int LENGTH = 256;
  private static final List<String> CLASSES = List.of("sine", "square", "sawtooth");

  public static void main(String[] args) {
    Dataset all = waves(2400);
    Dataset test = all.slice(2000, 2400);
    Network network =
        Network.of(
            "waves", Shape.of(LENGTH), // or [1, 256]; with two channels [2, 256]
            new Conv1d(8, 7).stride(2).padding(3), new BatchNorm1d(), new Relu(), new MaxPool1d(2),
            new Conv1d(16, 5).padding(2), new BatchNorm1d(), new Relu(),
            new AdaptiveAvgPool1d(4), new Flatten(), new Linear(CLASSES.size()));
    try (Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.005f)).build()) {
      trainer.fit(all.slice(0, 2000), 8);
      System.out.println(trainer.evaluate(test));
      try (Model model = Model.of(trainer.modelData(CLASSES, Map.of()));
          Arena arena = new Arena()) {
        Tensor logits = model.predict(arena.tensor(Shape.of(1, LENGTH), wave(1, 3, 0.2)));
        float[] of = logits.toArray();
        System.out.println(of[1] > of[0] && of[1] > of[2] ? "a square" : "another wave");
      }
    }
  }

  private static float[] wave(int kind, double frequency, double phase) {
    float[] wave = new float[LENGTH];
    for (int k = 0; k < LENGTH; k++) {
      double at = frequency * k / LENGTH + phase;
      double sine = Math.sin(2 * Math.PI * at);
      wave[k] = (float) (kind == 0 ? sine : kind == 1 ? Math.signum(sine) : 2 * (at % 1) - 1);
    }
    return wave;
  }

  private static Dataset waves(int count) {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[count * LENGTH];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES.size());
      float[] wave = wave(labels[i], 2 + 6 * random.nextDouble(), random.nextDouble());
      for (int k = 0; k < LENGTH; k++) {
        values[i * LENGTH + k] = wave[k] + (float) (0.4 * random.nextDouble() - 0.2);
      }
    }
    return Dataset.of("waves", Shape.of(1, LENGTH), CLASSES, values, labels);
  }
}
