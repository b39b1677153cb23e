import dev.quern.io.dataset.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.file.Path;

/** Regression from images: a CSV file has a number for each image. */
public class NumbersFromImages {
  public static void main(String[] args) {
    Network network = Networks.byName("resnet20", Shape.of(3, 16, 16), 1);
    try (ImageFolder spots = ImageFolder.builder(Path.of("spots")).size(Size.of(16))
            .labels(Path.of("spots/labels.csv"), LabelKind.NUMBERS).split(0.8, 1).open();
        Trainer trainer = Trainer.builder(network.withTask(Task.regression("size")))
            .preprocessing(spots.preprocessing()).optimizer(new AdamW(0.003f))
            .validation(spots.test()).build()) {
      trainer.fit(spots.train(), 30, TrainingListener.console());
      System.out.println(trainer.evaluate(spots.test()));
      trainer.save(Path.of("spots.safetensors"));
    }
    try (Model model = Model.load(Path.of("spots.safetensors"))) {
      System.out.println(model.predict(Path.of("spots/0.png")));
    }
  }
}
