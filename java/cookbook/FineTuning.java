import dev.quern.data.Dataset;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Puts a new head on a trained body. The body keeps its weights; the head starts afresh. */
public class FineTuning {
  public static void main(String[] args) {
    String name = "fashion-mnist-sample";
    Dataset all = Datasets.load(name, Split.TRAIN);
    Dataset test = Datasets.load(name, Split.TEST);
    ModelData trained = train(Trainer.builder(network(all.shape())), all);

    Network network = trained.network().replace("head", new Linear(2));
    MatchingWeights body = trained.matching(network);
    System.out.println(body.report()); // the head's weights are of another shape
    TrainerBuilder builder = Trainer.builder(network).weights(body.weights()).freeze("body.*");
    ModelData tuned = train(builder, sneakers(all));
    try (Model model = Model.of(tuned)) {
      System.out.println(model.evaluate(sneakers(test)));
    }
  }

  private static Network network(Shape input) {
    return Network.builder("sneakers", input)
        .add("body.conv", new Conv2d(16, 3)).add("body.relu", new Relu())
        .add("body.pool", new MaxPool2d(2)).add("flatten", new Flatten())
        .add("head", new Linear(10))
        .build();
  }

  private static ModelData train(TrainerBuilder builder, Dataset data) {
    builder.normalization(data.normalization()).optimizer(new AdamW(0.002f));
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
