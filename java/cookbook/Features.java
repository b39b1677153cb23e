import dev.quern.data.*;
import dev.quern.io.dataset.*;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Arena;
import dev.quern.train.Trainer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;

/** Finds the image nearest to an image, by what a layer in the middle makes of both. */
public class Features {
  public static void main(String[] args) {
    Dataset all = Datasets.load("fashion-mnist-sample", Split.TRAIN), shelf = all.slice(0, 3000);
    Dataset asked = Datasets.load("fashion-mnist-sample", Split.TEST).slice(0, 100);
    try (Model model = Model.of(train(all)); Model features = model.features("relu3")) {
      float[][] known = vectors(features, shelf), queries = vectors(features, asked);
      long same = IntStream.range(0, queries.length)
          .filter(i -> asked.label(i) == shelf.label(nearest(queries[i], known))).count();
      System.out.println(same + " of 100 lie nearest to one of their class");
    }
  }

  private static ModelData train(Dataset data) {
    try (Trainer trainer = Trainer.builder(Networks.lenet(data.shape(), 10))
        .normalization(data.normalization()).optimizer(new AdamW(0.002f)).build()) {
      trainer.fit(data, 3);
      return trainer.modelData(data.classes(), Map.of());
    }
  }

  /** The layer's output for each image, 500 numbers. */
  private static float[][] vectors(Model features, Dataset images) {
    Normalization n = features.data().normalization();
    float[][] vectors = new float[images.size()][];
    float[] values = new float[28 * 28];
    for (int i = 0; i < vectors.length; i++) {
      ByteBuffer pixels = ByteBuffer.allocate(values.length);
      images.copyBytes(i, pixels);
      for (int k = 0; k < values.length; k++) {
        values[k] = ((pixels.get(k) & 0xff) / 255f - n.mean()[0]) / n.std()[0];
      }
      try (Arena arena = new Arena()) {
        vectors[i] = features.predict(arena.tensor(images.shape().batch(1), values)).toArray();
      }
    }
    return vectors;
  }

  private static int nearest(float[] to, float[][] all) {
    double[] far = Arrays.stream(all).mapToDouble(one -> distance(to, one)).toArray();
    return IntStream.range(0, far.length).boxed().min(Comparator.comparing(i -> far[i])).get();
  }

  private static double distance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum();
  }
}
