import dev.quern.data.Dataset;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.network.*;
import dev.quern.onnx.Onnx;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.train.*;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A network comes as an ONNX file, learns something else, and goes back as one. */
public class OnnxFineTuning {
  public static void main(String[] args) {
    Dataset all = Datasets.load("fashion-mnist-sample", Split.TRAIN);
    Dataset test = Datasets.load("fashion-mnist-sample", Split.TEST);
    Path elsewhere = Path.of(args[0], "lenet.onnx");
    Onnx.save(train(Trainer.builder(Networks.byName("lenet", all.shape(), 10)), all, 2), elsewhere);

    ModelData loaded = Onnx.load(elsewhere);
    System.out.println(loaded.network().nodes().size() + " layers");
    String last = loaded.network().outputs().get(0);
    Network network = loaded.network().replace(last, new Linear(2));
    MatchingWeights body = loaded.matching(network);
    ModelData tuned = train(Trainer.builder(network).weights(body.weights()), shoes(all), 2);
    Path back = Path.of(args[0], "shoes.onnx");
    Onnx.save(tuned, back);
    try (Model model = Model.load(back)) {
      System.out.println(model.network().task().classes());
      System.out.println(model.evaluate(shoes(test)));
    }
  }

  private static ModelData train(TrainerBuilder builder, Dataset data, int epochs) {
    builder.normalization(data.normalization()).optimizer(new AdamW(0.002f));
    try (Trainer trainer = builder.build()) {
      trainer.fit(data, epochs);
      return trainer.modelData(data.classes(), Map.of());
    }
  }

  /** Sandals, sneakers and boots are 1, everything else is 0. */
  private static Dataset shoes(Dataset all) {
    ByteBuffer pixels = ByteBuffer.allocate(all.size() * 28 * 28);
    int[] labels = new int[all.size()];
    for (int i = 0; i < all.size(); i++) {
      all.copyBytes(i, pixels);
      labels[i] = List.of(5, 7, 9).contains(all.label(i)) ? 1 : 0;
    }
    return Dataset.of("shoes", all.shape(), List.of("other", "shoe"), pixels.array(), labels);
  }
}
