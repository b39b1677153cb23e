package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomAffine;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomPerspective;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.RandomVerticalFlip;
import dev.quern.data.BoxMove;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.detect.Box;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.GroundTruthBox;
import dev.quern.detect.PointTargets;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.BoxMoves;
import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.StepList;
import dev.quern.feed.Warps;
import dev.quern.io.Safetensors;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.CustomLoss;
import dev.quern.network.Network;
import dev.quern.reference.augment.AugmentBoxReference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.AugmentPreview;
import dev.quern.train.AugmentedBoxes;
import dev.quern.train.Trainer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Boxes that move with their image: the twin, torchvision, and the pixels themselves. */
class AugmentBoxesTest {
  private static final int WORDS = AugmentKernel.WORDS;

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  static Stream<GoldenCase> recorded() {
    Safetensors file = Safetensors.read(GoldenFile.bundled("torchvision-boxes.safetensors"));
    return GoldenCase.of(file, false).stream();
  }

  private static float[] floats(double[] v, int n) {
    float[] f = new float[n];
    for (int i = 0; i < n; i++) {
      f[i] = (float) v[i];
    }
    return f;
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void torchvisionSaysTheSame(GoldenCase c) {
    int[] size = c.integers("size");
    StepList list = new StepList(size[0], size[1]);
    int[] steps = new int[WORDS];
    list.begin(steps, 0, 1);
    step(c, size, list);
    list.end();
    double[] boxes = c.file().doubles(c.name() + ".input");
    double[] ours = new double[boxes.length];
    double[] twin = new double[boxes.length];
    Shape image = Shape.of(1, size[0], size[1]);
    for (int i = 0; i < boxes.length; i += 4) {
      double[] box = {boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]};
      System.arraycopy(BoxMoves.through(steps, size[0], size[1], box), 0, ours, i, 4);
      System.arraycopy(AugmentBoxReference.apply(box, image, steps), 0, twin, i, 4);
    }
    c.agrees("output", floats(twin, twin.length));
    c.agrees("output", floats(ours, ours.length));
  }

  private static void step(GoldenCase c, int[] size, StepList to) {
    JsonNode p = c.params();
    double degrees = p.path("degrees").asDouble();
    switch (c.operator().substring("boxes.".length())) {
      case "horizontal_flip" -> to.flip(LayoutKernel.MIRRORED);
      case "vertical_flip" -> to.flip(LayoutKernel.UPSIDE_DOWN);
      case "move" -> to.move(p.path("down").asInt(), p.path("right").asInt(), false);
      case "resized_crop" ->
          to.crop(
              p.path("top").asInt(),
              p.path("left").asInt(),
              p.path("height").asInt(),
              p.path("width").asInt());
      case "rotate" -> to.warp(Warps.affine(-degrees, 0, 0, 1, 0), 0);
      case "affine" ->
          to.warp(
              Warps.affine(
                  degrees,
                  p.path("x").asDouble(),
                  p.path("y").asDouble(),
                  p.path("scale").asDouble(),
                  p.path("shear").asDouble()),
              0);
      case "perspective" -> to.warp(Warps.perspective(size[0], size[1], c.integers("corners")), 0);
      default -> throw new AssertionError("no step of " + c.operator());
    }
  }

  static Stream<List<Augmentation>> lists() {
    return Stream.of(
        List.of(new RandomHorizontalFlip(), new RandomCrop(3)),
        List.of(new RandomVerticalFlip(), new RandomResizedCrop(0.4, 1)),
        List.of(new RandomRotation(40)),
        List.of(new RandomAffine(20, 0.2, 0.1, 0.7, 1.4, 15, 0), new RandomHorizontalFlip()),
        List.of(new RandomPerspective(0.5, 1, 0), new RandomCrop(2)),
        List.of(new RandAugment(3, 9), new ColorJitter(0.1, 0, 0, 0)));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void eachIsItsTwin(List<Augmentation> all) {
    Values values = Values.floats(6);
    Shape image = Shape.of(3, 23, 30);
    EpochAugmentation moves = new EpochAugmentation(all, 4, 2);
    for (int i = 0; i < 200; i++) {
      int[] steps = new int[moves.mostSteps() * WORDS];
      StepList list = new StepList(23, 30);
      list.begin(steps, 0, moves.mostSteps());
      moves.steps(i, list);
      list.end();
      double left = values.nextInt(-5, 25);
      double top = values.nextInt(-5, 20);
      double right = left + values.nextInt(0, 15);
      double bottom = top + values.nextInt(0, 12);
      double[] wanted =
          AugmentBoxReference.apply(new double[] {left, top, right, bottom}, image, steps);
      assertThat(new BoxMoves(moves, i, image).moved(left, top, right, bottom))
          .containsExactly(wanted, within(1e-9));
    }
  }

  /** Those that keep what is bright. */
  static Stream<List<Augmentation>> withoutInversion() {
    return lists().filter(all -> !(all.get(0) instanceof RandAugment));
  }

  /** A white rectangle on black: where the moved image is bright, there is its box. */
  @ParameterizedTest
  @MethodSource("withoutInversion")
  void pixelsAreInTheirBox(List<Augmentation> all) {
    Augmentation[] list = all.toArray(Augmentation[]::new);
    Dataset data = new Rectangles();
    int seen = 0;
    for (int i = 0; i < data.size(); i++) {
      for (int epoch = 1; epoch < 6; epoch++) {
        Box bright =
            bright(AugmentPreview.image(data, i, Normalization.unit(1), 3, epoch, list).pixels());
        Box box = AugmentedBoxes.of(data.shape(), i, 3, epoch, list).box(Rectangles.box(i));
        if (bright != null) {
          seen++;
          boolean in =
              bright.left() >= box.left() - 1.5
                  && bright.top() >= box.top() - 1.5
                  && bright.right() <= box.right() + 1.5
                  && bright.bottom() <= box.bottom() + 1.5;
          assertThat(in).as("%s of image %d in %s", bright, i, box).isTrue();
        }
        if (all.get(0) instanceof RandomHorizontalFlip) { // and a crop, which cuts nothing off
          assertThat(sides(bright)).containsExactly(sides(box), within(1.0));
        }
      }
    }
    assertThat(seen).isPositive();
  }

  /** What is around all bright pixels; null where there are none. */
  private static Box bright(byte[] pixels) {
    int left = Integer.MAX_VALUE;
    int top = Integer.MAX_VALUE;
    int right = 0;
    int bottom = 0;
    for (int k = 0; k < pixels.length; k++) {
      if ((pixels[k] & 0xff) > 128) {
        left = Math.min(left, k % Rectangles.WIDTH);
        right = Math.max(right, k % Rectangles.WIDTH + 1);
        top = Math.min(top, k / Rectangles.WIDTH);
        bottom = Math.max(bottom, k / Rectangles.WIDTH + 1);
      }
    }
    return right == 0 ? null : new Box(left, top, right, bottom);
  }

  private static double[] sides(Box of) {
    return new double[] {of.left(), of.top(), of.right(), of.bottom()};
  }

  /** White rectangles, whose boxes are the targets. */
  private static final class Rectangles implements Dataset {
    static final int WIDTH = 40;

    static Box box(int i) {
      return new Box(4 + i, 6 + 2 * i % 7, 15 + 2 * i, 18 + i);
    }

    @Override
    public String name() {
      return "rectangles";
    }

    @Override
    public int size() {
      return 8;
    }

    @Override
    public Shape shape() {
      return Shape.of(1, 30, WIDTH);
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    @Override
    public void copyBytes(int index, ByteBuffer to) {
      Box b = box(index);
      for (int k = 0; k < 30 * WIDTH; k++) {
        int x = k % WIDTH;
        int y = k / WIDTH;
        boolean in = x >= b.left() && x < b.right() && y >= b.top() && y < b.bottom();
        to.put((byte) (in ? 255 : 0));
      }
    }

    @Override
    public boolean hasTargets() {
      return true;
    }

    @Override
    public Shape targetShape() {
      return Shape.of(5);
    }

    @Override
    public void copyTarget(int index, FloatBuffer to) {
      Box b = box(index);
      to.put(index).put((float) b.left()).put((float) b.top());
      to.put((float) b.right()).put((float) b.bottom());
    }

    @Override
    public void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
      Box b = box(index);
      to.put(index);
      for (double side : boxes.moved(b.left(), b.top(), b.right(), b.bottom())) {
        to.put((float) side);
      }
    }
  }

  /** Training hands a set the moves of each image and epoch, through views, too. */
  @ParameterizedTest
  @MethodSource("lists")
  void trainingMovesBoxesOfTargets(List<Augmentation> all) {
    Augmentation[] list = all.toArray(Augmentation[]::new);
    List<float[]> seen = new ArrayList<>();
    CustomLoss own =
        values -> {
          for (int i = 0; i < values.targets().length; i += 5) {
            float[] row = new float[5];
            for (int k = 0; k < 5; k++) {
              row[k] = (float) values.targets()[i + k];
            }
            seen.add(row);
          }
          return 0;
        };
    Dataset data = new Rectangles();
    Network network = Network.of("n", data.shape(), new Flatten(), new Linear(5));
    try (Trainer t = Trainer.builder(network).loss(own).batch(3).seed(9).augment(list).build()) {
      t.fit(data.withClasses(List.of("a", "b", "c", "d", "e")).slice(0, 8), 2);
    }
    assertThat(seen).hasSize(16);
    for (int i = 0; i < seen.size(); i++) {
      int index = (int) seen.get(i)[0];
      Box box =
          AugmentedBoxes.of(data.shape(), index, 9, 1 + i / 8, list).box(Rectangles.box(index));
      double[] wanted = {index, box.left(), box.top(), box.right(), box.bottom()};
      assertThat(seen.get(i)).isEqualTo(floats(wanted, 5));
    }
  }

  @Test
  void whatIsLostIsLeftOutOrListed() {
    Shape image = Shape.of(1, 30, 40);
    GroundTruthBox inside = new GroundTruthBox(new Box(10, 10, 20, 20), 2, true, 50);
    GroundTruthBox corner = new GroundTruthBox(new Box(0, 0, 1, 1), 1);
    GroundTruthBox outside = new GroundTruthBox(new Box(50, 0, 60, 4), 0);
    boolean lost = false;
    for (int epoch = 1; epoch < 30; epoch++) {
      AugmentedBoxes moved = AugmentedBoxes.of(image, 0, 1, epoch, new RandomCrop(3));
      List<GroundTruthBox> all = moved.all(List.of(inside, corner, outside));
      assertThat(all).hasSize(3);
      assertThat(all.get(0).area()).isCloseTo(50, within(1e-9));
      assertThat(all.get(0).ignored()).isTrue();
      assertThat(all.get(2).box().area()).isZero();
      lost |= all.get(1).box().area() == 0;
      List<GroundTruthBox> left = moved.boxes(List.of(inside, corner, outside));
      assertThat(left).isEqualTo(all.stream().filter(b -> b.box().area() > 0).toList());
    }
    assertThat(lost).isTrue();
    Box cut = AugmentedBoxes.of(image, 0, 1, 1).box(new Box(-5, 3, 50, 4));
    assertThat(cut).isEqualTo(new Box(0, 3, 40, 4));
  }

  /** Of a set of boxes, whose picture is stretched to the input first. */
  @Test
  void boxSetsMoveTheirs() {
    List<GroundTruthBox> boxes =
        List.of(
            new GroundTruthBox(new Box(10, 20, 50, 60), 0),
            new GroundTruthBox(new Box(90, 0, 100, 10), 1));
    BoxSample sample = new BoxSample(Path.of("none.png"), new Size(120, 100), boxes);
    Shape input = Shape.of(3, 60, 50);
    Shape output = Shape.of(6, 15, 13);
    Preprocessing how = Preprocessing.of(Normalization.unit(3));
    Dataset data = new BoxSet(List.of("a", "b"), List.of(sample)).dataset(how, input, 4, output);
    Augmentation[] all = {new RandomCrop(6), new RandomRotation(10)};
    List<GroundTruthBox> scaled = boxes.stream().map(b -> b.scaled(0.5, 0.5)).toList();
    for (int epoch = 1; epoch < 9; epoch++) {
      AugmentedBoxes moved = AugmentedBoxes.of(input, 0, 2, epoch, all);
      FloatBuffer to = FloatBuffer.allocate((int) output.elements());
      EpochAugmentation moves = new EpochAugmentation(List.of(all), 2, epoch);
      data.slice(0, 1).copyTarget(0, new BoxMoves(moves, 0, input), to);
      assertThat(to.array()).isEqualTo(PointTargets.of(moved.boxes(scaled), 4, output));
      assertThat(to.array()).isNotEqualTo(data.target(0));
    }
    assertThat(data.target(0)).isEqualTo(PointTargets.of(scaled, 4, output));
    FloatBuffer to = FloatBuffer.allocate((int) output.elements());
    assertThatThrownBy(() -> data.copyTarget(0, (a, b, c, d) -> new double[1], to))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("box set: BoxMove.moved must return 4 numbers: left, top, right, bottom");
  }

  @Test
  void refusesWhatIsNone() {
    Shape image = Shape.of(1, 6, 6);
    assertThatThrownBy(() -> AugmentedBoxes.of(Shape.of(6), 0, 1, 1))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> AugmentedBoxes.of(image, 0, 1, 1, new RandomCrop(6)))
        .isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> AugmentedBoxes.of(image, -1, 1, 1))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> AugmentedBoxes.of(image, 0, 1, 0))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> AugmentedBoxes.of(image, 0, 1, 1).box(null))
        .isInstanceOf(InvalidArgumentException.class);
    BoxMove move = new BoxMoves(new EpochAugmentation(List.of(), 1, 1), 0, image);
    assertThatThrownBy(() -> move.moved(0, Double.NaN, 1, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("augment boxes: 0.0, NaN, 1.0, 1.0 must be finite");
  }
}
