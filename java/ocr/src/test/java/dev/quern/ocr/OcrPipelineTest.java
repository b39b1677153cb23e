package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.fixtures.TinyOcr;
import dev.quern.tensor.Shape;
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
    return builder(dir);
  }

  /** Of the networks that TinyOcr writes. */
  static OcrPipelineBuilder builder(Path folder) {
    return OcrPipeline.builder(
        folder.resolve("det.onnx"), folder.resolve("rec.onnx"), folder.resolve("keys.txt"));
  }

  static List<String> texts(List<TextLine> lines) {
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
