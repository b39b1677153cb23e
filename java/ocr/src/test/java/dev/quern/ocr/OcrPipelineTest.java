package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.fixtures.TinyOcr;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcrPipelineTest {
  @TempDir static Path dir;

  @BeforeAll
  static void networks() throws Exception {
    TinyOcr.write(dir);
  }

  private static OcrPipelineBuilder builder() {
    return OcrPipeline.builder(
        dir.resolve("det.onnx"), dir.resolve("rec.onnx"), dir.resolve("keys.txt"));
  }

  private static List<String> texts(List<TextLine> lines) {
    return lines.stream().map(TextLine::text).toList();
  }

  @Test
  void readsALineWithItsCorners() {
    try (OcrPipeline ocr =
        OcrPipeline.load(
            dir.resolve("det.onnx"), dir.resolve("rec.onnx"), dir.resolve("keys.txt"))) {
      List<TextLine> lines = ocr.read(TinyOcr.image(96, 320, 0, "aab c"));
      assertThat(texts(lines)).containsExactly("aab c");
      TextLine line = lines.get(0);
      assertThat(line.score()).isBetween(0.9, 1.0);
      double w = TinyOcr.width("aab c") - 1;
      double h = TinyOcr.HEIGHT - 1;
      double d = w * h * 1.5 / (2 * (w + h));
      assertThat(line.corners().topLeft().x()).isCloseTo(159.5 - w / 2 - d, within(0.01));
      assertThat(line.corners().topLeft().y()).isCloseTo(47.5 - h / 2 - d, within(0.01));
      assertThat(line.corners().bottomRight().x()).isCloseTo(160.5 + w / 2 + d, within(0.01));
      assertThat(line.corners().bottomRight().y()).isCloseTo(48.5 + h / 2 + d, within(0.01));
      assertThat(ocr.bytes()).isPositive();
    }
  }

  @Test
  void readsRotatedLines() {
    try (OcrPipeline ocr = builder().build()) {
      for (double degrees = -60; degrees <= 90; degrees += 15) { // at 90, it runs down
        assertThat(texts(ocr.read(TinyOcr.image(320, 320, degrees, "abc"))))
            .as("%s", degrees)
            .containsExactly("abc");
      }
    }
    try (OcrPipeline ocr = builder().classifier(dir.resolve("cls.onnx")).build()) {
      // text that runs up is upside down after a rotation to the left
      assertThat(texts(ocr.read(TinyOcr.image(320, 320, -90, "abc")))).containsExactly("abc");
    }
  }

  @Test
  void largeImagesAreScaledForTheDetectorAlone() {
    try (OcrPipeline ocr = builder().maxSide(160).build()) {
      List<TextLine> lines = ocr.read(TinyOcr.image(301, 403, 0, "abca"));
      assertThat(texts(lines)).containsExactly("abca");
      Point middle = lines.get(0).corners().center();
      assertThat(middle.x()).isCloseTo(201.5, within(3.0));
      assertThat(middle.y()).isCloseTo(150.5, within(3.0));
    }
  }

  @Test
  void classifierTurnsWhatIsUpsideDown() {
    Image image = TinyOcr.image(96, 320, 180, "abc");
    try (OcrPipeline plain = builder().build();
        OcrPipeline ocr = builder().classifier(dir.resolve("cls.onnx")).build()) {
      assertThat(texts(plain.read(image))).containsExactly("cba");
      assertThat(texts(ocr.read(image))).containsExactly("abc");
      assertThat(texts(ocr.read(TinyOcr.image(96, 320, 0, "ab")))).containsExactly("ab");
    }
  }

  @Test
  void linesComeInReadingOrderInAnyBatch() {
    int height = 448;
    int width = 480;
    byte[] pixels = TinyOcr.paper(height, width);
    TinyOcr.draw(pixels, height, width, 340, 55, 0, "ba");
    TinyOcr.draw(pixels, height, width, 110, 60, 0, "abc");
    TinyOcr.draw(pixels, height, width, 230, 150, 3, "cab");
    TinyOcr.draw(pixels, height, width, 100, 240, 0, "c");
    TinyOcr.draw(pixels, height, width, 330, 235, 0, "bcb");
    TinyOcr.draw(pixels, height, width, 200, 330, 0, "acc");
    Image image = Image.of(Shape.of(3, height, width), pixels);
    List<TextLine> first = null;
    for (int batch : new int[] {1, 2, 8}) {
      try (OcrPipeline ocr = builder().batchSize(batch).build()) {
        List<TextLine> lines = ocr.read(image);
        assertThat(texts(lines)).containsExactly("abc", "ba", "cab", "c", "bcb", "acc");
        first = first == null ? lines : first;
        assertThat(lines).isEqualTo(first);
      }
    }
  }

  @Test
  void imagesWithoutTextAndTinyImages() {
    try (OcrPipeline ocr = builder().build()) {
      for (int[] s : new int[][] {{1, 1}, {1, 2000}, {64, 64}, {2000, 1}, {5, 40}}) {
        Shape shape = Shape.of(1, s[0], s[1]);
        byte[] white = new byte[s[0] * s[1]];
        Arrays.fill(white, (byte) 255);
        assertThat(ocr.read(Image.of(shape, white))).as("%s", shape).isEmpty();
        // a black image is one box without characters
        assertThat(ocr.read(Image.of(shape, new byte[s[0] * s[1]]))).as("%s", shape).isEmpty();
      }
    }
    try (OcrPipeline ocr = builder().textThreshold(0).build()) {
      List<TextLine> lines = ocr.read(Image.of(Shape.of(1, 64, 96), new byte[64 * 96]));
      assertThat(lines).hasSize(1);
      assertThat(lines.get(0).text()).isEmpty();
      assertThat(lines.get(0).corners().bottomRight()).isEqualTo(new Point(96, 64));
    }
  }

  @Test
  void thresholdsReachTheDecoder() {
    Image image = TinyOcr.image(96, 320, 0, "a b"); // the map of a space is 0.5
    assertThat(read(image, b -> b)).hasSize(1);
    assertThat(read(image, b -> b.boxThreshold(0.95))).isEmpty();
    assertThat(read(image, b -> b.binarization(1))).isEmpty();
    assertThat(read(image, b -> b.textThreshold(1))).isEmpty();
    double wide = read(image, b -> b.unclip(2)).get(0).corners().height();
    assertThat(wide).isGreaterThan(read(image, b -> b.unclip(1)).get(0).corners().height() + 5);
  }

  private static List<TextLine> read(Image image, UnaryOperator<OcrPipelineBuilder> options) {
    try (OcrPipeline ocr = options.apply(builder()).build()) {
      return ocr.read(image);
    }
  }

  @Test
  void threadsReadAtTheSameTimeInMoreSizesThanAreKept() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OcrPipeline ocr = builder().build()) {
      List<Future<List<TextLine>>> all = new ArrayList<>();
      for (int i = 0; i < 36; i++) {
        int size = 96 + 32 * (i % 9); // nine sizes, of which four are kept
        all.add(threads.submit(() -> ocr.read(TinyOcr.image(size, 320, 0, "abc"))));
      }
      for (Future<List<TextLine>> lines : all) {
        assertThat(texts(lines.get())).containsExactly("abc");
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void keepsTheLastSizesAndSharesTheirWeights() {
    ModelData data = TinyOcr.recognizer();
    String input = SizedModels.onlyInput("recognizer", dir.resolve("rec.onnx"));
    ModelData read = SizedModels.imported(dir.resolve("rec.onnx"), input, 48, 64);
    assertThat(read.network().outputs()).hasSize(data.network().outputs().size());
    SizedModels models = new SizedModels(dir.resolve("rec.onnx"), input, 2, read.weights());
    models.with(
        48,
        64,
        a ->
            models.with(
                48,
                128,
                b ->
                    models.with(
                        48,
                        192,
                        c -> {
                          assertThat(models.size()).as("in use").isEqualTo(3);
                          read.weights()
                              .forEach(
                                  (name, w) ->
                                      assertThat(c.data().weights().get(name)).isSameAs(w));
                          return null;
                        })));
    assertThat(models.size()).isEqualTo(2);
    assertThat(models.bytes()).isPositive();
    models.close();
    assertThat(models.size()).isZero();
  }

  @Test
  void closedPipelineIsRefused() {
    OcrPipeline ocr = builder().classifier(dir.resolve("cls.onnx")).build();
    ocr.close();
    ocr.close();
    assertThatThrownBy(() -> ocr.read(TinyOcr.image(64, 96, 0, "a")))
        .isInstanceOf(ClosedException.class)
        .hasMessage("ocr: used after close");
    assertThatThrownBy(ocr::bytes).isInstanceOf(ClosedException.class);
  }

  private static void refused(
      OcrPipelineBuilder builder, Class<? extends QuernException> type, String message) {
    assertThatThrownBy(builder::build).isInstanceOf(type).hasMessageContaining(message);
  }

  @Test
  void wrongNetworksAreRefused() throws Exception {
    Path det = dir.resolve("det.onnx");
    Path rec = dir.resolve("rec.onnx");
    Path keys = dir.resolve("keys.txt");
    Path cls = dir.resolve("cls.onnx");
    refused(OcrPipeline.builder(rec, rec, keys), QuernException.class, "rec.onnx");
    refused(
        OcrPipeline.builder(det, det, keys),
        ShapeException.class,
        "of shape 1x48x64, expected one output of shape [steps, classes]");
    refused(builder().classifier(det), ShapeException.class, "upright and upside down");
    Path two = dir.resolve("two.onnx");
    Onnx.save(two(), two);
    refused(
        OcrPipeline.builder(two, rec, keys),
        ShapeException.class,
        "expected a map of shape 1x64x64");
    Path long1 = Files.writeString(dir.resolve("long.txt"), "a\nb\nc\nd\ne\n");
    refused(
        OcrPipeline.builder(det, rec, long1),
        InvalidArgumentException.class,
        "has 5 classes, but the dictionary has 5 characters, which need 6 classes (with the blank)"
            + " or 7 (with blank and space)");
    Path exact = Files.writeString(dir.resolve("exact.txt"), "a\nb\nc\n_\n");
    try (OcrPipeline ocr = OcrPipeline.load(det, rec, exact)) {
      assertThat(texts(ocr.read(TinyOcr.image(96, 320, 0, "a b")))).containsExactly("a_b");
    }
    refused(
        OcrPipeline.builder(det, rec, Files.writeString(dir.resolve("empty.txt"), "")),
        FormatException.class,
        "is empty");
    refused(OcrPipeline.builder(keys, rec, keys), FormatException.class, "keys.txt");
    refused(
        OcrPipeline.builder(dir.resolve("none.onnx"), rec, keys),
        NotFoundException.class,
        "none.onnx");
    assertThat(cls).exists();
  }

  /** A detector whose map has two channels. */
  private static ModelData two() {
    return ModelData.untrained(Network.of("two", Shape.of(3, 32, 32), new Conv2d(2, 1)), 1);
  }

  @Test
  void optionsOutsideTheirRangesAreRefused() {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> builder().boxThreshold(wrong))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("ocr: boxThreshold " + wrong + " is outside [0, 1]");
      assertThatThrownBy(() -> builder().binarization(wrong))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> builder().textThreshold(wrong))
          .isInstanceOf(InvalidArgumentException.class);
    }
    for (double wrong : new double[] {-1, 11, Double.NaN}) {
      assertThatThrownBy(() -> builder().unclip(wrong))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("ocr: unclip " + wrong + " is outside [0, 10]");
    }
    for (int wrong : new int[] {0, 31, 100, 8224, -32}) {
      assertThatThrownBy(() -> builder().maxSide(wrong))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("ocr: maxSide " + wrong + " must be a multiple of 32 from 32 to 8192");
    }
    for (int wrong : new int[] {0, 257}) {
      assertThatThrownBy(() -> builder().batchSize(wrong))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> OcrPipeline.load(null, null, null))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new Point(Double.NaN, 0)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void linesAreDrawnInRed() {
    Image gray = Image.of(Shape.of(1, 20, 30), new byte[600]);
    Quadrilateral q =
        new Quadrilateral(
            new Point(5, 5), new Point(20, 5), new Point(20, 15), new Point(5, 1e300));
    Image drawn = TextDrawing.draw(gray, List.of(new TextLine("a", 1, q)));
    assertThat(drawn.shape()).isEqualTo(Shape.of(3, 20, 30));
    assertThat(drawn.get(0, 5, 10)).isEqualTo(255);
    assertThat(drawn.get(1, 5, 10)).isZero();
    assertThat(drawn.get(0, 10, 10)).isZero();
    assertThatThrownBy(() -> TextDrawing.draw(gray, null))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
