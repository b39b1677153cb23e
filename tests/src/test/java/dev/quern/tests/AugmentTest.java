package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.Cutout;
import dev.quern.augment.GaussianBlur;
import dev.quern.augment.GaussianNoise;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomAffine;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.augment.RandomGrayscale;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomPerspective;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.RandomVerticalFlip;
import dev.quern.augment.TrivialAugment;
import dev.quern.engine.Engine;
import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.StepList;
import dev.quern.feed.Warps;
import dev.quern.internal.OffHeap;
import dev.quern.io.Safetensors;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.reference.augment.AugmentReference;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps of augmentation: native, the twin, and torchvision. */
class AugmentTest {
  private static final int WORDS = AugmentKernel.WORDS;

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  static Stream<Augmentation> augmentations() {
    return Stream.of(
        new RandomCrop(2),
        new RandomCrop(3, PaddingMode.REFLECT),
        new RandomHorizontalFlip(),
        new AlternatingFlip(),
        new RandomVerticalFlip(),
        new RandomResizedCrop(),
        new RandomResizedCrop(0.9, 1, 5, 6),
        new RandomRotation(40, 0.5),
        new RandomAffine(20, 0.2, 0.1, 0.7, 1.4, 15, 0),
        new RandomPerspective(0.6, 1, 0.25),
        new ColorJitter(0.4, 0.4, 0.4, 0.2),
        new RandomGrayscale(0.5),
        new GaussianBlur(5),
        new GaussianNoise(0.1),
        new RandomErasing(1),
        new RandomErasing(1, 0.1, 0.5, 0.5, 2, RandomErasing.Fill.RANDOM),
        new RandomErasing(1, 0.1, 0.5, 0.5, 2, RandomErasing.Fill.ZERO),
        new Cutout(5),
        new TrivialAugment(),
        new RandAugment());
  }

  /** Bytes through steps to floats, normalized by these; planes or channels last. */
  private static float[] nativeRun(
      byte[] bytes, Shape image, int n, int[] steps, float[] mean, float[] std, boolean planes) {
    int each = steps.length / n / WORDS;
    try (OffHeap memory = new OffHeap(256, "test");
        BytePointer src = new BytePointer(bytes);
        FloatPointer scale = new FloatPointer(mean.length);
        FloatPointer shift = new FloatPointer(mean.length);
        FloatPointer dst = new FloatPointer((long) bytes.length);
        IntPointer words = new IntPointer(steps)) {
      AugmentKernel kernel = new AugmentKernel(memory.pointer(0), image, each);
      LayoutKernel.scales(mean, std, scale, shift);
      long room = kernel.workspace();
      try (OffHeap workspace = new OffHeap(room, "test")) {
        kernel.apply(n, src, words, scale, shift, dst, planes, workspace.pointer(0), room);
      }
      float[] result = new float[bytes.length];
      dst.get(result);
      return result;
    }
  }

  private static double[] twin(
      byte[] b, Shape image, int i, int[] steps, float[] mean, float[] std) {
    int size = (int) image.elements();
    double[] x = new double[size];
    for (int k = 0; k < size; k++) {
      x[k] = (b[i * size + k] & 0xff) / 255.0;
    }
    double[] y = AugmentReference.apply(x, image, steps, doubles(mean), doubles(std));
    int plane = size / mean.length;
    for (int k = 0; k < size; k++) {
      y[k] = (y[k] - mean[k / plane]) / std[k / plane];
    }
    return y;
  }

  private static double[] doubles(float[] v) {
    double[] d = new double[v.length];
    Arrays.setAll(d, i -> v[i]);
    return d;
  }

  private static byte[] bytes(int n, Shape image) {
    Values values = Values.floats(7);
    byte[] b = new byte[n * (int) image.elements()];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) values.nextInt(0, 255);
    }
    return b;
  }

  private static int[] drawn(List<Augmentation> all, Shape image, int n, int epoch) {
    EpochAugmentation moves = new EpochAugmentation(all, 11, epoch);
    int each = moves.mostSteps() * WORDS;
    int[] steps = new int[n * each];
    StepList list = new StepList((int) image.dim(1), (int) image.dim(2));
    for (int i = 0; i < n; i++) {
      list.begin(steps, i * each, moves.mostSteps());
      moves.draw(i, list);
      list.end();
    }
    return steps;
  }

  /** Steps are native as in the twin, in any order of memory, to the bit for any threads. */
  private static void agrees(List<Augmentation> all, Shape image, int n) {
    byte[] bytes = bytes(n, image);
    int[] steps = drawn(all, image, n, 3);
    int c = (int) image.dim(0);
    float[] mean = Arrays.copyOf(new float[] {0.4f, 0.5f, 0.3f}, c);
    float[] std = Arrays.copyOf(new float[] {0.2f, 0.3f, 0.25f}, c);
    Engine.setThreads(1);
    float[] planes = nativeRun(bytes, image, n, steps, mean, std, true);
    Engine.setThreads(3);
    assertThat(nativeRun(bytes, image, n, steps, mean, std, true)).isEqualTo(planes);
    float[] last = nativeRun(bytes, image, n, steps, mean, std, false);
    int size = (int) image.elements();
    int plane = size / c;
    for (int i = 0; i < n; i++) {
      int each = steps.length / n;
      int[] own = Arrays.copyOfRange(steps, i * each, (i + 1) * each);
      double[] wanted = twin(bytes, image, i, own, mean, std);
      int away = 0;
      for (int k = 0; k < size; k++) {
        float got = planes[i * size + k];
        assertThat(last[i * size + k % plane * c + k / plane]).isEqualTo(got);
        away += Math.abs(got - wanted[k]) > 2e-4 ? 1 : 0;
      }
      // levels, thresholds and hues may fall to the other side of a step
      assertThat(away).as("image %d of %s", i, all).isLessThanOrEqualTo(size / 50);
    }
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void eachIsItsTwin(Augmentation a) {
    for (Shape image : List.of(Shape.of(3, 13, 17), Shape.of(1, 9, 8), Shape.of(3, 8, 31))) {
      agrees(List.of(a), image, 12);
    }
  }

  @Test
  void allTogether() {
    // equalization tells apart what is equal but for rounding
    List<Augmentation> all =
        augmentations()
            .filter(a -> !(a instanceof TrivialAugment || a instanceof RandAugment))
            .toList();
    agrees(all, Shape.of(3, 12, 11), 40);
    agrees(
        List.of(
            new RandomHorizontalFlip(),
            new RandomVerticalFlip(),
            new RandomRotation(30),
            new RandomHorizontalFlip(),
            new RandomAffine(10, 0.1)),
        Shape.of(3, 12, 11),
        20);
  }

  @Test
  void joinsWhatMovesPixels() {
    StepList list = new StepList(6, 7);
    int[] steps = new int[4 * WORDS];
    list.begin(steps, 0, 4);
    list.flip(LayoutKernel.MIRRORED);
    list.warp(Warps.affine(20, 0, 0, 1, 0), 0);
    list.warp(Warps.affine(-20, 0, 0, 1, 0), 0);
    list.flip(LayoutKernel.MIRRORED);
    list.end();
    assertThat(steps[0]).isEqualTo(AugmentKernel.WARP);
    assertThat(steps[WORDS]).isZero();
    Shape image = Shape.of(1, 6, 7);
    byte[] bytes = bytes(1, image);
    float[] unit = {1};
    double[] got = twin(bytes, image, 0, steps, new float[1], unit);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i])
          .isBetween((bytes[i] & 0xff) / 255.0 - 1e-5, (bytes[i] & 0xff) / 255.0 + 1e-5);
    }
  }

  @Test
  void torchvisionSaysTheSame() {
    Path file =
        Path.of(System.getProperty("quern.root"), "data/golden/torchvision-augment.safetensors");
    List<GoldenCase> cases = GoldenCase.of(Safetensors.read(file), true);
    assertThat(cases).hasSize(45);
    cases.forEach(AugmentTest::torchvision);
  }

  private static void torchvision(GoldenCase c) {
    Shape batch = c.shape("input");
    Shape image = Shape.of(batch.dim(1), batch.dim(2), batch.dim(3));
    int[] steps = new int[WORDS];
    StepList list = new StepList((int) image.dim(1), (int) image.dim(2));
    list.begin(steps, 0, 1);
    step(c, list);
    list.end();
    float[] mean = new float[(int) image.dim(0)];
    float[] std = mean.clone();
    Arrays.fill(std, 1);
    double[] x = c.file().doubles(c.name() + ".input");
    double[] y = AugmentReference.apply(x, image, steps, doubles(mean), doubles(std));
    float[] floats = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      floats[i] = (float) y[i];
    }
    c.agrees("output", floats);
    c.agrees("output", nativeFloats(x, image, steps, mean, std));
  }

  /** Floats in place. */
  private static float[] nativeFloats(
      double[] x, Shape image, int[] steps, float[] mean, float[] std) {
    float[] values = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      values[i] = (float) x[i];
    }
    try (OffHeap memory = new OffHeap(256, "test");
        FloatPointer scale = new FloatPointer(mean.length);
        FloatPointer shift = new FloatPointer(mean.length);
        FloatPointer dst = new FloatPointer(values);
        IntPointer words = new IntPointer(steps)) {
      AugmentKernel kernel = new AugmentKernel(memory.pointer(0), image, 1);
      LayoutKernel.scales(mean, std, scale, shift);
      long room = kernel.workspace();
      try (OffHeap workspace = new OffHeap(room, "test")) {
        kernel.apply(1, null, words, scale, shift, dst, true, workspace.pointer(0), room);
      }
      dst.get(values);
      return values;
    }
  }

  private static void step(GoldenCase c, StepList to) {
    JsonNode p = c.params();
    double factor = p.path("factor").asDouble();
    double degrees = p.path("degrees").asDouble();
    double fill = p.path("fill").asDouble();
    switch (c.operator().substring("augment.".length())) {
      case "brightness" -> to.numbers(AugmentKernel.BRIGHTNESS, factor);
      case "contrast" -> to.numbers(AugmentKernel.CONTRAST, factor);
      case "saturation" -> to.numbers(AugmentKernel.SATURATION, factor);
      case "sharpness" -> to.numbers(AugmentKernel.SHARPNESS, factor);
      case "hue" -> to.numbers(AugmentKernel.HUE, factor);
      case "grayscale" -> to.numbers(AugmentKernel.GRAYSCALE);
      case "invert" -> to.numbers(AugmentKernel.INVERT);
      case "posterize" -> to.posterize(p.path("bits").asInt());
      case "solarize" -> to.numbers(AugmentKernel.SOLARIZE, p.path("threshold").asDouble());
      case "autocontrast" -> to.numbers(AugmentKernel.AUTOCONTRAST);
      case "equalize" -> to.numbers(AugmentKernel.EQUALIZE);
      case "gaussian_blur" -> to.blur(p.path("kernel").asInt(), p.path("sigma").asDouble());
      case "affine" ->
          to.warp(
              Warps.affine(
                  degrees,
                  p.path("x").asDouble(),
                  p.path("y").asDouble(),
                  p.path("scale").asDouble(),
                  p.path("shear").asDouble()),
              fill);
      case "rotate" -> to.warp(Warps.affine(-degrees, 0, 0, 1, 0), fill);
      case "perspective" -> to.warp(Warps.perspective(7, 9, c.integers("corners")), fill);
      case "resized_crop" ->
          to.crop(
              p.path("top").asInt(),
              p.path("left").asInt(),
              p.path("height").asInt(),
              p.path("width").asInt());
      default -> throw new AssertionError("no step of " + c.operator());
    }
  }
}
