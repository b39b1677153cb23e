import dev.quern.data.*;
import dev.quern.io.*;
import dev.quern.io.dataset.*;
import dev.quern.network.*;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.*;
import dev.quern.train.*;
import java.io.IOException;
import java.nio.file.*;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Trains on a CSV file, saves the model, and predicts rows of another file with it. */
public class Tables {
  private static final List<String> CLASSES = List.of("cod", "eel", "trout");

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("fish");
    CsvFile fish =
        CsvFile.builder(table(folder.resolve("fish.csv"))).label("kind").ignore(List.of("id"))
            .split(0.8, 1).open();
    Path file = folder.resolve("fish.safetensors");
    Dataset train = fish.train();
    try (Trainer trainer =
        Trainer.builder(Networks.mlp(train.shape(), fish.classes().size()))
            .normalization(train.normalization()) // a mean and a deviation for each column
            .optimizer(new AdamW(0.003f)).batch(32).build()) {
      trainer.fit(train, 20);
      System.out.println(fish.features() + " " + trainer.evaluate(fish.test()).accuracy());
      trainer.save(file);
    }
    Path found = folder.resolve("found.csv");
    Files.writeString(found, "year,length,weight\n2020,60,4000\n2021,30,700\n");
    float[][] rows = CsvFile.builder(found).features(fish.features()).rows();
    try (Model model = Model.load(file);
        Arena arena = new Arena()) {
      Tensor batch = model.data().normalization().batch(arena, model.network().input(), rows);
      for (Map<String, Prediction> prediction : model.predictAll(Map.of("input", batch))) {
        System.out.println(((Prediction.Labels) prediction.values().iterator().next()).best().label());
      }
    }
  }

  private static Path table(Path file) throws IOException {
    Random random = new Random(7);
    double[][] means = {{60, 4000}, {60, 400}, {30, 700}};
    StringBuilder text = new StringBuilder("id,length,weight,year,kind\n");
    for (int i = 0; i < 600; i++) {
      double[] mean = means[i % 3];
      text.append(i).append(',').append(mean[0] * (1 + random.nextGaussian() / 10));
      text.append(',').append(mean[1] * (1 + random.nextGaussian() / 5));
      text.append(',').append(2018 + i % 5).append(',').append(CLASSES.get(i % 3)).append('\n');
    }
    return Files.writeString(file, text.toString());
  }
}
