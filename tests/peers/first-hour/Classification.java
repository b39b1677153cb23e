import dev.quern.io.dataset.ImageFolder;
import dev.quern.predict.Model;
import dev.quern.recipe.Recipe;
import dev.quern.tensor.Size;
import dev.quern.train.*;
import java.nio.file.Path;

/** Image classification from a folder with a subfolder for each class. */
public class Classification {
  public static void main(String[] args) {
    try (ImageFolder photos = ImageFolder.builder(Path.of("photos"))
            .size(Size.of(16)).split(0.8, 1).open();
        Trainer trainer = Recipe.forData(photos.train()).trainer(photos.train(), 1)
            .preprocessing(photos.preprocessing()).validation(photos.test()).build()) {
      trainer.fit(photos.train(), 10, TrainingListener.console());
      System.out.println(trainer.evaluate(photos.test()));
      trainer.save(Path.of("photos.safetensors"));
    }
    try (Model model = Model.load(Path.of("photos.safetensors"))) {
      System.out.println(model.classify(Path.of("photos/circle/0.png")));
    }
  }
}
