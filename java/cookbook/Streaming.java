import dev.quern.data.Dataset;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** Trains on a data set of its own: ten million curves, of which none is in memory before its turn. */
public class Streaming {
  public static void main(String[] args) {
    Dataset all = new Waves(10_000_000);
    Dataset train = all.slice(0, 4000);
    Dataset test = all.slice(9_000_000, 9_001_000);
    Network network =
        Network.of("waves", all.shape(), new Linear(32), new Relu(), new Linear(2));
    try (Trainer trainer =
        Trainer.builder(network)
            .normalization(train.normalization())
            .optimizer(new AdamW(0.003f))
            .build()) {
      trainer.fit(train, 5);
      System.out.println(trainer.evaluate(test));
    }
  }

  /** Slow and fast waves with noise. All that decides a sample is its index: safe for threads. */
  record Waves(int size) implements Dataset {
    public String name() {
      return "waves";
    }

    public Shape shape() {
      return Shape.of(64);
    }

    public List<String> classes() {
      return List.of("slow", "fast");
    }

    public Kind kind() {
      return Kind.FLOATS;
    }

    public int label(int index) {
      return index % 2;
    }

    public void copyFloats(int index, FloatBuffer to) {
      SplittableRandom random = new SplittableRandom(index);
      double speed = label(index) == 0 ? 0.2 : 0.3;
      for (int i = 0; i < 64; i++) {
        to.put((float) (Math.sin(speed * i) + random.nextDouble(-1, 1)));
      }
    }
  }
}
