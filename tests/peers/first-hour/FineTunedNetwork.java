import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.pretrained.Pretrained;
import dev.quern.predict.*;
import dev.quern.recipe.FineTuning;
import dev.quern.tensor.Size;
import dev.quern.train.*;
import java.nio.file.Path;

/** Fine-tuning of a pretrained network on a folder with a subfolder for each class. */
public class FineTunedNetwork {
  public static void main(String[] args) {
    Pretrained network = Pretrained.of("cifar10_resnet8");
    try (ImageFolder photos = ImageFolder.builder(Path.of("photos"))
            .preprocessing(network.preprocessing()).size(Size.of(32)).split(0.8, 1).open();
        Trainer trainer = FineTuning.of(network.data(), photos.classes())
            .trainer(photos.train(), 1).validation(photos.test()).build()) {
      trainer.fit(photos.train(), 10, TrainingListener.console());
      System.out.println(trainer.evaluate(photos.test()));
      trainer.save(Path.of("tuned.safetensors"));
    }
    try (Model model = Model.load(Path.of("tuned.safetensors"))) {
      System.out.println(model.classify(Path.of("photos/circle/0.png")));
    }
  }
}
