import dev.quern.data.MultiDataset;
import dev.quern.io.DatasetFile;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.layer.shape.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.file.Path;
import java.util.Map;

/** Two inputs: a photo and two numbers decide about the class. */
public class TwoInputs {
  public static void main(String[] args) {
    Network network = Network.builder("pets")
        .input("photo", Shape.of(1, 16, 16)).input("facts", Shape.of(2))
        .add("conv", new Conv2d(16, 3), "photo").add(new Relu()).add("flat", new Flatten())
        .add("both", new Concat(), "flat", "facts").add(new Linear(32)).add(new Relu())
        .add("kind", new Linear(2)).output("kind", Task.singleLabel("cat", "dog")).build();
    MultiDataset train = DatasetFile.load(Path.of("pets/train.safetensors"), network);
    MultiDataset test = DatasetFile.load(Path.of("pets/test.safetensors"), network);

    try (Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.003f))
        .validation(test).build()) {
      trainer.fit(train, 20, TrainingListener.console());
      System.out.println(trainer.evaluate(test));
      trainer.save(Path.of("pets.safetensors"));
    }
    try (Model model = Model.load(Path.of("pets.safetensors")); Arena arena = new Arena()) {
      System.out.println(model.predict(Map.of("photo", arena.tensor(Shape.of(1, 1, 16, 16)),
          "facts", arena.tensor(Shape.of(1, 2), 0.1f, 0.2f))).get("kind"));
    }
  }
}
