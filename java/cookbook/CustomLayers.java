import dev.quern.data.Dataset;
import dev.quern.io.*;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Map;

/** A layer in plain Java, trained, saved under a name of its own, and loaded. */
public class CustomLayers {
  /** x sigmoid(beta x). */
  record Swish(double beta) implements CustomLayer {
    public Shape outputShape(Shape input) {
      return input;
    }

    public void forward(Forward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        pass.output()[i] = pass.input()[i] * sigmoid(pass.input()[i]);
      }
    }

    public void backward(Backward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        double x = pass.input()[i], s = sigmoid(x);
        pass.gradInput()[i] = pass.gradOutput()[i] * (s + beta * x * s * (1 - s));
      }
    }

    private double sigmoid(double x) {
      return 1 / (1 + Math.exp(-beta * x));
    }
  }

  public static void main(String[] args) {
    // a program that reads the file registers the same name; without, the file is refused
    Codecs.layer(
        "acme.swish", Swish.class,
        swish -> Map.of("beta", swish.beta()), values -> new Swish(values.number("beta")));
    Dataset train = Datasets.load("fashion-mnist-sample", Split.TRAIN);
    Network network =
        Network.of("custom", train.shape(),
            new Conv2d(8, 3), new Swish(1.5), new MaxPool2d(2), new Flatten(), new Linear(10));
    Path file = Path.of(args[0], "custom.safetensors");
    try (Trainer trainer =
        Trainer.builder(network)
            .normalization(train.normalization()).optimizer(new AdamW(0.003f)).build()) {
      trainer.fit(train, 3);
      ModelFile.save(file, trainer.modelData(train.classes(), Map.of()));
    }
    try (Model model = Model.of(ModelFile.load(file))) {
      System.out.println(model.network().nodes().get(1).layer());
      System.out.println(model.evaluate(Datasets.load("fashion-mnist-sample", Split.TEST)));
    }
  }
}
