import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.detect.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.*;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Finds things: discs and squares in noise, by a small network without anchors. */
public class Detector {
  private static final int SIDE = 32, STRIDE = 4;

  private static final Network NETWORK = Network.builder("detector", Shape.of(1, SIDE, SIDE))
      .add(new Conv2d(12, 3).padding(1).stride(2)).add(new BatchNorm2d()).add(new Relu())
      .add(new Conv2d(24, 3).padding(1).stride(2)).add(new BatchNorm2d()).add(new Relu())
      .add(new Conv2d(24, 3).padding(1)).add(new BatchNorm2d()).add(new Relu())
      .add("head", new Conv2d(2 + 4, 1)).task(Task.plain().withLoss(new PointLoss())).build()
      .withDetection(new DetectionTask(PointBoxes.of("head", STRIDE), List.of("disc", "square")));

  public static void main(String[] args) {
    List<List<GroundTruthBox>> truth = new ArrayList<>();
    Dataset all = images(600, truth);
    try (Trainer trainer = Trainer.builder(NETWORK).batch(16)
        .optimizer(new AdamW(0.005f)).schedule(Schedule.oneCycle()).build()) {
      trainer.fit(all.slice(0, 500), 10);
      try (Model model = Model.of(trainer.modelData(Map.of()))) {
        MeanAveragePrecision map = MeanAveragePrecision.voc();
        for (int i = 500; i < 600; i++) {
          Image image = Image.of(all.shape(), all.image(i));
          map.add(model.detect(List.of(image), new Nms().score(0.05)).get(0), truth.get(i));
        }
        System.out.printf("mAP %.2f%n", map.map());
        Detection best = model.detect(Image.of(all.shape(), all.image(599))).get(0);
        System.out.println(best.label() + " at " + Math.round(best.box().top())); // 3 or 18
      }
    }
  }

  private static Dataset images(int count, List<List<GroundTruthBox>> truth) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    FloatBuffer targets = FloatBuffer.allocate(count * (int) NETWORK.output().elements());
    for (int i = 0; i < count; i++) {
      int disc = random.nextInt(SIDE - 12) + 6, square = random.nextInt(SIDE - 12) + 6;
      for (int k = 0; k < SIDE * SIDE; k++) {
        double dy = k / SIDE - 8.5, dx = k % SIDE + 0.5 - disc;
        boolean inSquare = Math.abs(dy - 14) < 5 && Math.abs(dx + disc - square) < 5;
        int bright = dx * dx + dy * dy < 36 || inSquare ? 140 : 60;
        pixels[i * SIDE * SIDE + k] = (byte) (bright + random.nextInt(60));
      }
      GroundTruthBox round = new GroundTruthBox(Box.centered(disc, 9, 12, 12), 0);
      truth.add(List.of(round, new GroundTruthBox(Box.centered(square, 23, 10, 10), 1)));
      targets.put(PointTargets.of(truth.get(i), STRIDE, NETWORK.output()));
    }
    return Dataset.ofTargets("shapes", NETWORK.input(), pixels, NETWORK.output(), targets.flip());
  }
}
