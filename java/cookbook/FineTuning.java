import dev.quern.data.Dataset;
import dev.quern.io.*;
import dev.quern.layer.*;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.ByteBuffer;
import java.util.*;

/** Puts a new head on a trained body. The body keeps its weights; the head starts afresh. */
public class FineTuning {
  public static void main(String[] args) {
    String name = "fashion-mnist-sample";
    Dataset all = Datasets.load(name, Split.TRAIN);
    Dataset test = Datasets.load(name, Split.TEST);
    ModelData trained = train(network(10, all.shape()), all, Map.of());
    Map<String, float[]> body = new HashMap<>(trained.weights());
    body.keySet().removeIf(weight -> !weight.startsWith("body."));
    ModelData tuned = train(network(2, all.shape()), sneakers(all), body);
    try (Model model = Model.of(tuned)) {
      System.out.println(model.evaluate(sneakers(test)));
    }
  }

  private static Network network(int classes, Shape input) {
    return Network.builder("sneakers", input)
        .add("body.conv", new Conv2d(16, 3)).add("body.relu", new Relu())
        .add("body.pool", new MaxPool2d(2)).add("flatten", new Flatten())
        .add("head", new Linear(classes))
        .build();
  }

  /** Weights that are given stay as they are. */
  private static ModelData train(Network network, Dataset data, Map<String, float[]> weights) {
    TrainerBuilder builder =
        Trainer.builder(network).normalization(data.normalization()).optimizer(new AdamW(0.002f));
    if (!weights.isEmpty()) {
      builder.weights(weights).freeze("body.*");
    }
    try (Trainer trainer = builder.build()) {
      trainer.fit(data, 2);
      return trainer.modelData(data.classes(), Map.of());
    }
  }

  /** Sneakers are 1, everything else is 0. */
  private static Dataset sneakers(Dataset all) {
    ByteBuffer pixels = ByteBuffer.allocate(all.size() * 28 * 28);
    int[] labels = new int[all.size()];
    for (int i = 0; i < all.size(); i++) {
      all.copyBytes(i, pixels);
      labels[i] = all.classes().get(all.label(i)).equals("Sneaker") ? 1 : 0;
    }
    return Dataset.of("sneakers", all.shape(), List.of("other", "sneaker"), pixels.array(), labels);
  }
}
