import dev.quern.data.*;
import dev.quern.detect.*;
import dev.quern.image.Images;
import dev.quern.io.ModelFile;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.*;
import dev.quern.optim.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.*;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.*;
import java.util.*;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Input of the commands whose results the images show, in a folder: images of the Fashion-MNIST sample, one of each
 * class; drawn scenes of discs, squares and triangles; and a detector like that of the cookbook, trained on such scenes.
 */
public class Scenes {
  private static final int SIDE = 64, STRIDE = 4, TRAINING = 1200, SHOWN = 6, SCALE = 4;
  private static final List<String> CLASSES = List.of("disc", "square", "triangle");
  private static final int[] COLORS = {0xd9583b, 0x3b76d9, 0x3a9a63, 0xe0a52e, 0x8a55b5, 0x2aa0b0};

  private static final Network NETWORK = Network.builder("detector", Shape.of(3, SIDE, SIDE))
      .add(new Conv2d(16, 3).padding(1).stride(2)).add(new BatchNorm2d()).add(new Relu())
      .add(new Conv2d(32, 3).padding(1).stride(2)).add(new BatchNorm2d()).add(new Relu())
      .add(new Conv2d(32, 3).padding(1)).add(new BatchNorm2d()).add(new Relu())
      .add(new Conv2d(32, 3).padding(1)).add(new BatchNorm2d()).add(new Relu())
      .add("head", new Conv2d(CLASSES.size() + 4, 1)).task(Task.plain().withLoss(new PointLoss())).build()
      .withDetection(new DetectionTask(PointBoxes.of("head", STRIDE), CLASSES));

  private record Scene(List<GroundTruthBox> boxes, BufferedImage image) {}

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Dataset clothes = Datasets.load("fashion-mnist-sample", Split.TEST);
    for (int i = 0, next = 0; next < clothes.classes().size(); i++) {
      if (clothes.label(i) == next) {
        write(Images.toBufferedImage(Image.of(clothes.shape(), clothes.image(i))), folder, "clothes-" + next++);
      }
    }
    SplittableRandom random = new SplittableRandom(5);
    byte[] pixels = new byte[TRAINING * 3 * SIDE * SIDE];
    FloatBuffer targets = FloatBuffer.allocate(TRAINING * (int) NETWORK.output().elements());
    for (int i = 0; i < TRAINING; i++) {
      Scene scene = scene(random, 1);
      byte[] image = Images.of(scene.image()).pixels();
      System.arraycopy(image, 0, pixels, i * image.length, image.length);
      targets.put(PointTargets.of(scene.boxes(), STRIDE, NETWORK.output()));
    }
    Dataset scenes = Dataset.ofTargets("scenes", NETWORK.input(), pixels, NETWORK.output(), targets.flip());
    try (Trainer trainer = Trainer.builder(NETWORK).batch(16).optimizer(new AdamW(0.005f))
        .schedule(Schedule.oneCycle()).normalization(scenes.normalization()).build()) {
      trainer.fit(scenes, 20, TrainingListener.console());
      ModelFile.save(folder.resolve("shapes.safetensors"), trainer.modelData(Map.of()));
    }
    for (int i = 0; i < SHOWN; i++) {
      write(scene(random, SCALE).image(), folder, "scene-" + i);
    }
  }

  private static void write(BufferedImage image, Path folder, String name) throws Exception {
    ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
  }

  /** Three to five shapes that do not touch, on a light ground. */
  private static Scene scene(SplittableRandom random, int scale) {
    BufferedImage image = new BufferedImage(SIDE * scale, SIDE * scale, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pen.scale(scale, scale);
    pen.setPaint(new GradientPaint(random.nextInt(SIDE), 0, new Color(0xf7f4ec), random.nextInt(SIDE), SIDE,
        new Color(0xd9dde4)));
    pen.fillRect(0, 0, SIDE, SIDE);
    List<GroundTruthBox> boxes = new ArrayList<>();
    int count = random.nextInt(3, 6);
    for (int attempt = 0; attempt < 100 && boxes.size() < count; attempt++) {
      double side = random.nextDouble(11, 23), x = random.nextDouble(2, SIDE - side - 2),
          y = random.nextDouble(2, SIDE - side - 2);
      Rectangle2D around = new Rectangle2D.Double(x - 2, y - 2, side + 4, side + 4);
      if (boxes.stream().map(GroundTruthBox::box).anyMatch(b ->
          around.intersects(b.left(), b.top(), b.right() - b.left(), b.bottom() - b.top()))) {
        continue;
      }
      int kind = random.nextInt(CLASSES.size());
      pen.setPaint(new Color(COLORS[random.nextInt(COLORS.length)]));
      pen.fill(shape(kind, x, y, side));
      boxes.add(new GroundTruthBox(new Box(x, y, x + side, y + side), kind));
    }
    pen.dispose();
    return new Scene(boxes, image);
  }

  private static java.awt.Shape shape(int kind, double x, double y, double side) {
    if (kind < 2) {
      return kind == 0 ? new Ellipse2D.Double(x, y, side, side) : new Rectangle2D.Double(x, y, side, side);
    }
    Path2D triangle = new Path2D.Double();
    triangle.moveTo(x + side / 2, y);
    triangle.lineTo(x + side, y + side);
    triangle.lineTo(x, y + side);
    triangle.closePath();
    return triangle;
  }
}
