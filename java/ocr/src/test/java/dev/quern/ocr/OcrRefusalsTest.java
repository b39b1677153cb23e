package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pipeline refuses, and the models that it keeps. */
class OcrRefusalsTest {
  @TempDir static Path dir;

  @BeforeAll
  static void networks() throws Exception {
    TinyOcr.write(dir);
  }

  private static OcrPipelineBuilder builder() {
    return OcrPipelineTest.builder(dir);
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
      assertThat(OcrPipelineTest.texts(ocr.read(TinyOcr.image(96, 320, 0, "a b"))))
          .containsExactly("a_b");
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
}
