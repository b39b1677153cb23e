import dev.quern.data.Dataset;
import dev.quern.io.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.loss.CustomLoss;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A loss in plain Java, which the saved network knows by a name of its own. */
public class CustomLosses {
  /** The mean of log(cosh(error / width)): squares near 0, lines far away. */
  record LogCosh(double width) implements CustomLoss {
    public double loss(Pass pass) {
      double sum = 0;
      int n = pass.outputs().length;
      for (int i = 0; i < n; i++) {
        double error = (pass.outputs()[i] - pass.targets()[i]) / width;
        sum += Math.log(Math.cosh(error));
        pass.gradient()[i] = Math.tanh(error) / width / n;
      }
      return sum / n;
    }
  }

  public static void main(String[] args) {
    Codecs.loss(
        "acme.log_cosh", LogCosh.class,
        loss -> Map.of("width", loss.width()), values -> new LogCosh(values.number("width")));
    Network network =
        Network.of("sine", Shape.of(1), new Linear(32), new Tanh(), new Linear(1))
            .withTask(Task.regression().withLoss(new LogCosh(0.5)));
    Path file = Path.of(args[0], "sine.safetensors");
    try (Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.01f)).build()) {
      trainer.fit(sine(4000, 1), 20);
      ModelFile.save(file, trainer.modelData(List.of(), Map.of()));
    }
    try (Model model = Model.of(ModelFile.load(file))) {
      System.out.println(model.network().task().loss());
      System.out.println(model.evaluate(sine(500, 2)).loss() < 0.01);
    }
  }

  /** Points of a sine. */
  private static Dataset sine(int count, long seed) {
    float[] x = new float[count];
    float[] y = new float[count];
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      x[i] = random.nextFloat() * 6 - 3;
      y[i] = (float) Math.sin(x[i]);
    }
    return Dataset.ofTargets("sine", Shape.of(1), x, Shape.of(1), FloatBuffer.wrap(y));
  }
}
