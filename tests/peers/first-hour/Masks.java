import dev.quern.io.dataset.ImageFolder;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.file.Path;

/** Segmentation: the folders images and masks, and a U-Net. */
public class Masks {
  public static void main(String[] args) {
    Network network = Networks.unet(Shape.of(3, 16, 16), 2);
    try (ImageFolder scenes = ImageFolder.builder(Path.of("scenes"))
            .size(Size.of(16)).split(0.8, 1).open();
        Trainer trainer = Trainer.builder(network).preprocessing(scenes.preprocessing())
            .optimizer(new AdamW(0.003f)).validation(scenes.test()).build()) {
      trainer.fit(scenes.train(), 10, TrainingListener.console());
      System.out.println(trainer.evaluate(scenes.test()));
      trainer.save(Path.of("scenes.safetensors"));
    }
    try (Model model = Model.load(Path.of("scenes.safetensors"))) {
      System.out.println(model.predict(Path.of("scenes/images/0.png")));
    }
  }
}
