import dev.quern.io.dataset.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.file.Path;

/** Multi-label classification: a CSV file has the labels of each image, {@code disc;line}. */
public class SeveralLabels {
  public static void main(String[] args) {
    Network network = Networks.byName("resnet20", Shape.of(3, 16, 16), 2);
    try (ImageFolder marks = ImageFolder.builder(Path.of("marks")).size(Size.of(16))
            .labels(Path.of("marks/labels.csv"), LabelKind.MULTI_LABEL).split(0.8, 1).open();
        Trainer trainer = Trainer.builder(network.withTask(Task.multiLabel("disc", "line")))
            .preprocessing(marks.preprocessing()).optimizer(new AdamW(0.003f))
            .validation(marks.test()).build()) {
      trainer.fit(marks.train(), 20, TrainingListener.console());
      System.out.println(trainer.evaluate(marks.test()));
      trainer.save(Path.of("marks.safetensors"));
    }
    try (Model model = Model.load(Path.of("marks.safetensors"))) {
      System.out.println(model.classify(Path.of("marks/0.png")));
    }
  }
}
